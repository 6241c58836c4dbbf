/** Row of `containment_action`. Objects are JSON; times are RFC 3339 UTC. */
export interface ContainmentActionRow {
  action_id: string;
  tenant_id: string;
  incident_id: string;
  kind: string;
  target_type: string;
  target_value: string;
  risk: string;
  status: string;
  reason: string;
  requested_by: string;
  playbook: string | null;
  approval_id: string | null;
  approvals: string;
  /** Means nothing where there is no approval. */
  approvals_needed: number;
  decision: string | null;
  digest: string;
  expires_at: string | null;
  lease_until: string | null;
  result: string | null;
  created_at: string;
  updated_at: string;
  correlation_id: string;
  version: number;
  /** W3C `traceparent` of what caused the action: everything that becomes of it belongs to that trace. */
  traceparent: string | null;
}

/** Row of `external_list_entry`: a value is listed as long as any action needs it. */
export interface ExternalListEntryRow {
  list: string;
  value: string;
  action_id: string;
  added_at: string;
}

/** Row of `external_list_credential`. */
export interface ExternalListCredentialRow {
  list: string;
  hash: string;
  created_at: string;
}

/** This agent's part of a tenant's database. */
export interface ContainmentTables {
  containment_action: ContainmentActionRow;
  external_list_entry: ExternalListEntryRow;
  external_list_credential: ExternalListCredentialRow;
}
