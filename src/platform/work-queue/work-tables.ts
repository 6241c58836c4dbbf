/** Row of `work_item`. Times are milliseconds since the epoch. */
export interface WorkItemRow {
  kind: string;
  key: string;
  payload: string;
  correlation_id: string;
  /** W3C `traceparent` of what caused it; null where that was outside of every trace. */
  traceparent: string | null;
  state: 'waiting' | 'dead';
  attempts: number;
  not_before: number;
  /** When `not_before` was set, where it means a time to wait and not a time of day. */
  scheduled_at: number | null;
  /** Names the claim that has the item in hand; whoever completes the item has to present it. */
  holder: string | null;
  generation: number;
  enqueued_at: number;
  first_failed_at: number | null;
  last_failed_at: number | null;
  last_error: string | null;
  /** Names the item as a dead letter; it keeps it while it is replayed. */
  dead_letter_id: string | null;
}

/** What became of a dead letter that is no longer there. */
export interface DeadLetterEndRow {
  dead_letter_id: string;
  outcome: 'done' | 'discarded';
  at: number;
}

/** The work queue's part of a tenant's database. */
export interface WorkTables {
  work_item: WorkItemRow;
  dead_letter_end: DeadLetterEndRow;
}
