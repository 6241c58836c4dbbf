import type { TenantId } from '../../contracts/tenant.js';
import type { AllowList } from './allow-list.js';

/** Allow-lists, of one tenant or of all. */
export class AllowLists {
  /** @param lists with the tenant that each is for; null for all. */
  constructor(private readonly lists: readonly { readonly tenant: TenantId | null; readonly list: AllowList }[] = []) {}

  /** The lists in force for a tenant. */
  of(tenant: TenantId): readonly AllowList[] {
    return this.lists.flatMap(({ tenant: owner, list }) => (owner === null || owner === tenant ? [list] : []));
  }
}
