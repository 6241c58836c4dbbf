import type { AuditEntry, AuditRecord } from './audit-record.js';

/** Filters of a list of audit records; those left out do not filter. */
export interface AuditQuery {
  readonly action?: readonly string[];
  readonly actor?: readonly string[];
  readonly target_id?: string;
  readonly incident_id?: string;
  readonly correlation_id?: string;
  readonly from?: string;
  readonly to?: string;
  /** Only records after this position in the list's order; all where left out. */
  readonly after?: number;
  /** The latest first. */
  readonly descending?: boolean;
  readonly limit: number;
}

/** The append-only log of one tenant (`tenant id`) or of the platform (`platform`). */
export abstract class AuditLog {
  /** Appends outside of any other change, in a transaction of its own; answers once it is on disk. */
  abstract append(log: string, entries: readonly AuditEntry[]): Promise<readonly AuditRecord[]>;

  /** Records in the order of their positions, or against it. */
  abstract list(log: string, query: AuditQuery): Promise<readonly AuditRecord[]>;
}

/** Name of the platform's own log. */
export const PLATFORM_LOG = 'platform';
