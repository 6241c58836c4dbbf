/** Row of `audit_log`: the record as canonical JSON, and what lists are filtered by. */
export interface AuditLogRow {
  idx: number;
  at: string;
  action: string;
  actor: string;
  target_id: string;
  incident_id: string | null;
  correlation_id: string;
  hash: string;
  record: string;
}

/** The audit log's part of a database. */
export interface AuditTables {
  audit_log: AuditLogRow;
}
