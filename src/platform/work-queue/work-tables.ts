/** Row of `work_item`. Times are milliseconds since the epoch. */
export interface WorkItemRow {
  kind: string;
  key: string;
  payload: string;
  correlation_id: string;
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
