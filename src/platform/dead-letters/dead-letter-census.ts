import { Injectable, Logger } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';
import { Clock } from '../clock/clock.js';
import { Census } from '../observability/census.js';
import { Metrics } from '../observability/metrics.js';
import { TenantRetired } from '../tenancy/retired-tenants.js';
import { TenantDirectory } from '../tenancy/tenant-directory.js';
import { WorkStore } from '../work-queue/work-store.js';

interface Letters {
  readonly kept: number;
  /** When the oldest became one, milliseconds since the epoch. */
  readonly oldest: number;
}

/** Counts the dead letters of all tenants now and then, for the metrics. */
@Injectable()
export class DeadLetterCensus extends Census {
  private readonly logger = new Logger(DeadLetterCensus.name);
  private letters: ReadonlyMap<TenantId, Letters> = new Map();

  constructor(
    private readonly store: WorkStore,
    private readonly tenants: TenantDirectory,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    super();
    metrics.gauge('dead_letters_kept', 'Dead letters that wait for an operator', () => {
      return [...this.letters.values()].reduce((sum, { kept }) => sum + kept, 0);
    });
    metrics.gauge('dead_letters_oldest_age_seconds', 'Age of the oldest dead letter', () => this.oldestAge());
  }

  /** Counts now. Of a tenant that cannot be asked, what it had when it could be. */
  override async take(): Promise<void> {
    const letters = new Map<TenantId, Letters>();
    for (const { tenant_id: tenant, status } of await this.tenants.list()) {
      if (this.stopping) return;
      const found = status === 'deleting' ? undefined : await this.lettersOf(tenant);
      if (found) letters.set(tenant, found);
    }
    this.letters = letters;
  }

  protected override tell(error: unknown, tenant?: TenantId): void {
    const labels = tenant === undefined ? {} : { tenant_id: tenant };
    this.logger.warn({ err: error, event: 'dead_letters.uncounted', ...labels }, 'dead letters were not counted');
  }

  private async lettersOf(tenant: TenantId): Promise<Letters | undefined> {
    try {
      const buried = await this.store.buried(tenant);
      if (buried.length === 0) return undefined;
      return { kept: buried.reduce((sum, { items }) => sum + items, 0), oldest: Math.min(...buried.map(({ oldest }) => oldest)) };
    } catch (error) {
      if (error instanceof TenantRetired) return undefined;
      this.tell(error, tenant);
      return this.letters.get(tenant);
    }
  }

  /** In seconds; 0 where there is none, and where the clock was set back to before it died. */
  private oldestAge(): number {
    const since = Math.min(...[...this.letters.values()].map(({ oldest }) => oldest));
    return Math.max(0, (this.clock.now() - since) / 1_000);
  }
}
