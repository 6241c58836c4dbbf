import type { TenantId } from '../../../contracts/tenant.js';
import type { AuditEntry } from '../../audit/audit-record.js';
import type { Tenant } from '../tenant.js';
import type { TenantErasure } from './tenant-erasure.js';

/** Where deletions of tenants are kept, the platform's own rows of the tenants included. */
export abstract class ErasureStore {
  /**
   * Marks a tenant as being deleted and revokes all of its keys and every token that holds it, with the audit record; `undefined`, with nothing changed, where its version is not
   * `tenant.version - 1`.
   */
  abstract begin(
    tenant: Tenant,
    erasure: Omit<TenantErasure, 'incarnation'>,
    audit: (incarnation: number) => AuditEntry,
  ): Promise<TenantErasure | undefined>;

  /** The latest deletion of a tenant with this id. */
  abstract latest(tenant: TenantId): Promise<TenantErasure | undefined>;

  /** Those that are not done. */
  abstract running(): Promise<readonly TenantErasure[]>;

  /** Keeps how far a deletion is. */
  abstract note(erasure: TenantErasure): Promise<void>;

  /** What the platform itself holds of a tenant, as texts and bytes that must be found nowhere afterwards. */
  abstract traces(tenant: TenantId): Promise<readonly Buffer[]>;

  /** Removes what the platform itself holds of a tenant, except its audit records; answers how much that was. */
  abstract purge(tenant: TenantId): Promise<{ readonly api_keys: number; readonly answers: number }>;

  /** Removes the tenant and closes its deletion, with the audit record; false where that was done already. */
  abstract finish(erasure: TenantErasure, audit: AuditEntry): Promise<boolean>;
}
