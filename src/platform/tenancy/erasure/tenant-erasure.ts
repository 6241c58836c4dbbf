import type { TenantId } from '../../../contracts/tenant.js';
import type { AuditActor } from '../../audit/audit-record.js';

/** What was removed of a tenant. */
export interface RemovedData {
  readonly files: number;
  readonly bytes: number;
  /** Rows by kind: `events`, `chunks`, `batches`, and every table of the case database. */
  readonly rows: Readonly<Record<string, number>>;
  /** Wrapped keys that were destroyed. */
  readonly data_keys: number;
  readonly api_keys: number;
  /** Answers kept under idempotency keys of the platform. */
  readonly answers: number;
}

/** What was looked through after everything was removed, and how often something of the tenant was found there. */
export interface TraceScan {
  /** Keys and hashes of keys that must be found nowhere; those that an interrupted deletion had removed before are not among them. */
  readonly looked_for: number;
  readonly files: number;
  readonly bytes: number;
  readonly traces: number;
}

/** A tenant's deletion, from the request to its proof. Times are RFC 3339 UTC. */
export interface TenantErasure {
  readonly tenant_id: TenantId;
  /** Counts the tenants that had this id. */
  readonly incarnation: number;
  readonly state: 'running' | 'done';
  readonly requested_at: string;
  readonly requested_by: AuditActor;
  readonly correlation_id: string;
  readonly removed: RemovedData | null;
  readonly scan: TraceScan | null;
  readonly finished_at: string | null;
}
