/** The label of all tenants beyond those that have series of their own. Not the form of a tenant's id, so that it is nobody's. */
export const OTHER_TENANTS = '_other';

/** Which tenants have series of their own: the first so many that are counted; the rest share one, so that series stay bounded. */
export class TenantLabels {
  private readonly own = new Set<string>();

  constructor(private readonly most: number) {}

  labelOf(tenant: string): string {
    if (this.own.has(tenant)) return tenant;
    if (this.own.size >= this.most) return OTHER_TENANTS;
    this.own.add(tenant);
    return tenant;
  }
}
