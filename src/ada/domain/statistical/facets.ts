/**
 * What is counted in pairs, `left` (of which enough must be known for something new to mean anything) with `right`:
 * a program with the program that started it, a host with a program, a user with a host logged on to, a principal with a cloud API,
 * an address with an address and port for administration, a host with a program that connects to the outside.
 */
export const FACETS = ['spawn', 'process', 'logon', 'cloud', 'admin-connection', 'egress'] as const;

export type Facet = (typeof FACETS)[number];

/** One pair that an event shows, both parts bounded in length. */
export interface Observation {
  readonly facet: Facet;
  readonly left: string;
  readonly right: string;
}

/** What is counted in time, each entity against its own past. */
export const RATES = ['failed-logons', 'destinations', 'activity'] as const;

export type Rate = (typeof RATES)[number];

/** One occurrence that an entity's rate counts; of equal `item`s in a window only the first counts. */
export interface Tally {
  readonly rate: Rate;
  readonly entity: string;
  readonly item?: string;
}
