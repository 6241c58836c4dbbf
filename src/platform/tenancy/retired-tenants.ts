import type { TenantId } from '../../contracts/tenant.js';

/** A tenant that is being deleted, or was: nothing is opened for it any more. */
export class TenantRetired extends Error {
  override readonly name = 'TenantRetired';
}

/** Tenants that this process opens nothing for any more: whoever opens a tenant's files, keys or work asks here first. */
export class RetiredTenants {
  private readonly tenants = new Set<TenantId>();

  add(tenant: TenantId): void {
    this.tenants.add(tenant);
  }

  /** A tenant of the same name was made anew. */
  remove(tenant: TenantId): void {
    this.tenants.delete(tenant);
  }

  has(tenant: TenantId): boolean {
    return this.tenants.has(tenant);
  }

  /** @throws TenantRetired */
  refuse(tenant: TenantId): void {
    if (this.tenants.has(tenant)) throw new TenantRetired('the tenant is being deleted');
  }
}
