import type { TenantId } from '../../contracts/tenant.js';
import type { AuditEntry } from '../audit/audit-record.js';
import type { Tenant } from './tenant.js';

/** The tenants of the platform. Reads are answered from memory, as the door asks on every request. */
export abstract class TenantDirectory {
  abstract find(tenant: TenantId): Promise<Tenant | undefined>;

  /** All tenants, ordered by id. */
  abstract list(): Promise<readonly Tenant[]>;

  /** Adds a tenant and its audit record; false, with nothing changed, where the id is taken. */
  abstract add(tenant: Tenant, audit: AuditEntry): Promise<boolean>;

  /** Replaces a tenant whose version is `tenant.version - 1`; false, with nothing changed, where it is not. */
  abstract replace(tenant: Tenant, audit: AuditEntry): Promise<boolean>;
}
