import type { TenantId } from '../../../contracts/tenant.js';

/** Values by the name of the placeholder that they stand for. */
export type ValueLists = ReadonlyMap<string, readonly string[]>;

/** What placeholders stand for: an operator's lists for everybody, and those of single tenants, each of which goes before the common one of its name. */
export class PlaceholderLists {
  constructor(
    readonly common: ValueLists = new Map(),
    readonly byTenant: ReadonlyMap<TenantId, ValueLists> = new Map(),
  ) {}

  /** What they stand for in what is one tenant's. */
  of(tenant: TenantId): ValueLists {
    const own = this.byTenant.get(tenant);
    return own === undefined ? this.common : new Map([...this.common, ...own]);
  }
}
