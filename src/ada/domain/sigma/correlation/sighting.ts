/** Where an event is kept: `{batch}.{index}` is its id. */
export interface EventRef {
  readonly batch: string;
  readonly index: number;
}

/** Something that a correlation counts once: an event that a rule matched, or an event at which another correlation fired. */
export interface Sighting extends EventRef {
  /** Event time, milliseconds since the epoch. */
  readonly time: number;
  /** Which of the correlation's rules it is of. */
  readonly input: number;
  /** What is counted or added up of it; empty where the event itself is. */
  readonly value: string | number;
  /** Events that show what the correlation that fired had counted; empty for an event that a rule matched. */
  readonly shown: readonly EventRef[];
}
