import type { TenantId } from '../contracts/tenant.js';
import { IndicatorMatcher } from './domain/indicator-matcher.js';
import type { IndicatorStore } from './domain/indicator-store.js';

const MOST_TENANTS = 1_000;

/** The compiled indicators of each tenant, made on first use and anew after a change; of at most 1,000 tenants, those asked for last. */
export class IndicatorMatchers {
  private readonly compiled = new Map<TenantId, Promise<IndicatorMatcher>>();

  constructor(private readonly store: IndicatorStore) {}

  async of(tenant: TenantId): Promise<IndicatorMatcher> {
    const known = this.compiled.get(tenant);
    if (known !== undefined) {
      this.compiled.delete(tenant);
      this.compiled.set(tenant, known);
      return known;
    }
    const made = this.store.active(tenant).then((indicators) => new IndicatorMatcher(indicators));
    this.compiled.set(tenant, made);
    this.bound();
    made.catch(() => this.changed(tenant, made));
    return made;
  }

  /** To be called after the tenant's indicators changed. */
  changed(tenant: TenantId, only?: Promise<IndicatorMatcher>): void {
    if (only === undefined || this.compiled.get(tenant) === only) this.compiled.delete(tenant);
  }

  private bound(): void {
    if (this.compiled.size <= MOST_TENANTS) return;
    const [oldest] = this.compiled.keys();
    if (oldest !== undefined) this.compiled.delete(oldest);
  }
}
