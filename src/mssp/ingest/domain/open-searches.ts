/** Bounds the searches that each tenant has under way. */
export class OpenSearches {
  private readonly open = new Map<string, number>();

  constructor(private readonly most: number) {}

  /** Begins a search; answers how to end it, `undefined` where the tenant has as many as it may. */
  begin(tenant: string): (() => void) | undefined {
    const under = this.open.get(tenant) ?? 0;
    if (under >= this.most) return undefined;
    this.open.set(tenant, under + 1);
    return () => {
      const left = (this.open.get(tenant) ?? 1) - 1;
      if (left > 0) this.open.set(tenant, left);
      else this.open.delete(tenant);
    };
  }
}
