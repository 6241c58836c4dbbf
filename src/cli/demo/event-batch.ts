import type { EventLabel } from './generator/generated-event.js';

/** Lines to be sent in one request. */
export interface EventLines {
  readonly source: string;
  readonly lines: readonly Buffer[];
  /** The truth about each line, where it is known. */
  readonly labels?: readonly EventLabel[];
}

/** Events that the demo sends, and how many there are where that is known before. */
export interface EventSupply {
  readonly total: number | undefined;
  batches(): Iterable<EventLines> | AsyncIterable<EventLines>;
}

export const BATCH_SIZE = 500;
