import type { TenantId } from '../../contracts/tenant.js';
import type { AuditEntry } from '../audit/audit-record.js';
import type { Tenant } from './tenant.js';

/** Hears of a tenant that is new or other than before; `undefined` where it is no more. */
export type TenantChanged = (id: TenantId, tenant: Tenant | undefined) => void;

/** The tenants of the platform. Reads are answered from memory, as the door asks on every request. */
export abstract class TenantDirectory {
  private readonly listeners: TenantChanged[] = [];

  abstract find(tenant: TenantId): Promise<Tenant | undefined>;

  /** All tenants, ordered by id; those that are being deleted too. */
  abstract list(): Promise<readonly Tenant[]>;

  /** Adds a tenant and its audit record; false, with nothing changed, where the id is taken. */
  abstract add(tenant: Tenant, audit: AuditEntry): Promise<boolean>;

  /** Replaces a tenant whose version is `tenant.version - 1`; false, with nothing changed, where it is not. */
  abstract replace(tenant: Tenant, audit: AuditEntry): Promise<boolean>;

  /** Takes up what other processes, and other parts of this one, have changed. Nothing to do where nobody else can. */
  async refresh(): Promise<void> {}

  onChange(listener: TenantChanged): void {
    this.listeners.push(listener);
  }

  protected changed(id: TenantId, tenant: Tenant | undefined): void {
    for (const listener of this.listeners) listener(id, tenant);
  }
}
