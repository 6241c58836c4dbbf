import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import { Census } from '../observability/census.js';
import { Metrics } from '../observability/metrics.js';
import { TenantRetired } from '../tenancy/retired-tenants.js';
import { TenantDirectory } from '../tenancy/tenant-directory.js';
import { WorkStore } from '../work-queue/work-store.js';

/** Counts the dead letters of all tenants now and then, for the metrics. */
@Injectable()
export class DeadLetterCensus extends Census {
  private readonly logger = new Logger(DeadLetterCensus.name);
  private kept = 0;
  /** Milliseconds since the epoch. */
  private oldest: number | undefined;

  constructor(
    private readonly store: WorkStore,
    private readonly tenants: TenantDirectory,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    super();
    metrics.gauge('dead_letters_kept', 'Dead letters that wait for an operator', () => this.kept);
    metrics.gauge('dead_letters_oldest_age_seconds', 'Age of the oldest dead letter', () => this.oldestAge());
  }

  override async take(): Promise<void> {
    let kept = 0;
    let oldest: number | undefined;
    for (const { tenant_id: tenant } of await this.tenants.list()) {
      if (this.stopping) return;
      for (const { items, oldest: since } of await this.store.buried(tenant)) {
        kept += items;
        oldest = Math.min(oldest ?? since, since);
      }
    }
    this.kept = kept;
    this.oldest = oldest;
  }

  protected override tell(error: unknown): void {
    if (error instanceof TenantRetired) return;
    this.logger.warn({ err: error, event: 'dead_letters.uncounted' }, 'dead letters were not counted');
  }

  /** In seconds; 0 where there is none, and where the clock was set back to before it died. */
  private oldestAge(): number {
    return this.oldest === undefined ? 0 : Math.max(0, (this.clock.now() - this.oldest) / 1_000);
  }
}
