/** Tests share the machine: an app that is late because of its neighbours turns nobody away. Those of load start theirs `asShipped`. */
export const UNHURRIED = { SHED_LOOP_DELAY_MS: '5000', SHED_QUEUE_DELAY_MS: '60000' } as const;
