import type { EventLabel } from './generator/generated-event.js';

/** Lines to be sent in one request. */
export interface EventLines {
  readonly source: string;
  readonly lines: readonly Buffer[];
  /** The truth about each line, where it is known. */
  readonly labels?: readonly EventLabel[];
}

/** Events that the demo sends. */
export interface EventSupply {
  /** Requests that may be under way at once; with one, what statistics learn from is the same in every run. */
  readonly inFlight: number;
  batches(): Iterable<EventLines> | AsyncIterable<EventLines>;
}

export const BATCH_SIZE = 500;
