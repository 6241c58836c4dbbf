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
  lease_until: number;
  generation: number;
  enqueued_at: number;
  last_error: string | null;
}

/** The work queue's part of a tenant's database. */
export interface WorkTables {
  work_item: WorkItemRow;
}
