import type { TenantId } from '../contracts/tenant.js';
import type { FilterText, RuleFilterStore } from './domain/rule-filter-store.js';

/** How long a change that another process made may go unseen. */
const LOOK_EVERY_MS = 2_000;

interface Seen {
  /** `undefined` where it could not be read. */
  readonly version: number | undefined;
  /** On a clock that is never set. */
  readonly at: number;
}

/**
 * Knows which version of a tenant's filters this process has in force, and finds out, while the tenant is served, when another process has
 * changed them.
 */
export class RuleFilterWatch {
  private readonly seen = new Map<TenantId, Seen>();
  private changed: (tenant: TenantId) => void = () => undefined;

  constructor(
    private readonly store: Pick<RuleFilterStore, 'find' | 'version'>,
    private readonly elapsed: () => number = () => performance.now(),
  ) {}

  /** Has a listener hear of tenants whose filters are others than those taken last. */
  onChange(listener: (tenant: TenantId) => void): void {
    this.changed = listener;
  }

  /** What is to be in force. Filters that cannot be read silence nothing: null, and they are looked for again before long. */
  async take(tenant: TenantId): Promise<FilterText | null> {
    const at = this.elapsed();
    try {
      const { version, document } = await this.store.find(tenant);
      this.seen.set(tenant, { version, at });
      return { version, document };
    } catch {
      this.seen.set(tenant, { version: undefined, at });
      return null;
    }
  }

  /** The tenant is being served: from time to time its version is looked at. Nobody waits for it. */
  asked(tenant: TenantId): void {
    const seen = this.seen.get(tenant);
    const at = this.elapsed();
    if (seen === undefined || at - seen.at < LOOK_EVERY_MS) return;
    this.seen.set(tenant, { ...seen, at });
    this.store.version(tenant).then(
      (version) => version !== this.seen.get(tenant)?.version && this.changed(tenant),
      () => undefined,
    );
  }

  forget(tenant: TenantId): void {
    this.seen.delete(tenant);
  }
}
