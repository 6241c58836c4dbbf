/** The services that may call one another. Closed: a name that is not here belongs to nobody. */
export const SERVICES = ['mssp', 'ada', 'taa', 'cra', 'cla'] as const;

export type ServiceName = (typeof SERVICES)[number];
