/** Who did something: a person, a program, a service, the platform itself, or somebody unknown who was refused. */
export interface AuditActor {
  readonly type: 'person' | 'collector' | 'service' | 'system' | 'anonymous';
  readonly id: string;
}

/** What is written down of one state change. */
export interface AuditEntry {
  /** `<object>.<what happened>`: `containment.executed`, `alert.updated`, `api_key.created`. */
  readonly action: string;
  readonly actor: AuditActor;
  readonly target: { readonly type: string; readonly id: string };
  readonly outcome: 'success' | 'failure' | 'refused';
  readonly correlation_id: string;
  readonly incident_id?: string;
  readonly approver?: string;
  readonly comments?: string;
  readonly source_ip?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A stored record. `hash` is SHA-256 over the canonical JSON of all other members, hex; `prev_hash` is that of the record before. */
export interface AuditRecord extends AuditEntry {
  /** Position in the log, counted from 1 without gaps. */
  readonly index: number;
  /** RFC 3339 UTC with milliseconds. */
  readonly timestamp: string;
  /** The tenant whose log this is; `platform` for the platform's own. */
  readonly tenant_id: string;
  readonly prev_hash: string;
  readonly hash: string;
}
