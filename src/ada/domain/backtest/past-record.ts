import type { EventFormat } from '../../../contracts/security-event.js';

/** Event times, milliseconds since the epoch, both included. */
export interface EventSpan {
  readonly from: number;
  readonly to: number;
}

/** Where looking at stored events goes on: before this record of this chunk of a month. */
export interface EventPosition {
  readonly month: string;
  readonly sequence: number;
  readonly record: number;
}

/** An event as it was stored. */
export interface PastRecord {
  readonly event_id: string;
  /** Position in its request. */
  readonly index: number;
  /** Arrival, milliseconds since the epoch. */
  readonly received_at: number;
  /** The format that the sender named. */
  readonly source: EventFormat | 'auto';
  /** The original text. */
  readonly raw: string;
}
