/** An object of an observation as JSON has it: a cyber-observable, or another object of STIX. */
export type StixObject = Readonly<Record<string, unknown>>;

/** What was seen, and when: `observed-data` of STIX 2.1 (section 4.14), or one event. Times are milliseconds since the epoch. */
export interface Observation {
  /** By id. References are looked up among these. */
  readonly objects: ReadonlyMap<string, StixObject>;
  readonly first: number;
  readonly last: number;
  /** How often; at least 1. */
  readonly count: number;
}
