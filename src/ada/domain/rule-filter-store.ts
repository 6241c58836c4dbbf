import type { TenantId } from '../../contracts/tenant.js';
import type { AuditEntry } from '../../platform/audit/audit-record.js';

/** The Sigma filters that a tenant has written itself. */
export interface FilterText {
  /** Counts up with every change, from 1; 0 where there never were any. */
  readonly version: number;
  /** Filter documents in YAML; empty where there are none. */
  readonly document: string;
}

/** The same with who wrote it last, and when (RFC 3339); null where nobody has. */
export interface StoredFilters extends FilterText {
  readonly updated_at: string | null;
  readonly updated_by: string | null;
}

export const NO_FILTERS: StoredFilters = { version: 0, document: '', updated_at: null, updated_by: null };

/** Who changes filters, and in what request; for the audit. */
export type FilterChange = Pick<AuditEntry, 'actor' | 'correlation_id' | 'source_ip'>;

/** What is to stand in the place of a tenant's filters. */
export interface FilterReplacement {
  /** Empty: the tenant has none from then on. */
  readonly document: string;
  /** How many filters it holds; for the audit. */
  readonly filters: number;
  /** The version that it is based on; left out, whichever there is. */
  readonly basedOn?: number | undefined;
}

/** The filters of each tenant. Every change is written to the audit with it. */
export abstract class RuleFilterStore {
  abstract find(tenant: TenantId): Promise<StoredFilters>;

  /** Another number after every change, whichever process made it. */
  abstract version(tenant: TenantId): Promise<number>;

  /** Replaces a tenant's filters; nothing is written where they are the same. @throws Problem 409 where they are not of the version that it is based on. */
  abstract replace(tenant: TenantId, replacement: FilterReplacement, change: FilterChange): Promise<StoredFilters>;
}
