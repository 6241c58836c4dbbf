import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import { Metrics } from '../observability/metrics.js';
import { TenantRetired } from '../tenancy/retired-tenants.js';
import { TenantDirectory } from '../tenancy/tenant-directory.js';
import { WorkStore } from '../work-queue/work-store.js';

const EVERY_MS = 30_000;

/** Counts the dead letters of all tenants now and then, for the metrics. */
@Injectable()
export class DeadLetterCensus implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(DeadLetterCensus.name);
  private kept = 0;
  /** Milliseconds since the epoch. */
  private oldest: number | undefined;
  private timer: NodeJS.Timeout | undefined;
  private underWay: Promise<void> | undefined;
  private stopping = false;

  constructor(
    private readonly store: WorkStore,
    private readonly tenants: TenantDirectory,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    metrics.gauge('dead_letters_kept', 'Dead letters that wait for an operator', () => this.kept);
    metrics.gauge('dead_letters_oldest_age_seconds', 'Age of the oldest dead letter', () => this.oldestAge());
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.begin(), EVERY_MS);
    this.timer.unref();
    this.begin();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    clearInterval(this.timer);
    await this.underWay;
  }

  /** Counts now. */
  async take(): Promise<void> {
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

  private begin(): void {
    this.underWay ??= this.take()
      .catch((error: unknown) => {
        if (!(error instanceof TenantRetired))
          this.logger.warn({ err: error, event: 'dead_letters.uncounted' }, 'dead letters were not counted');
      })
      .finally(() => (this.underWay = undefined));
  }

  /** In seconds; 0 where there is none, and where the clock was set back to before it died. */
  private oldestAge(): number {
    return this.oldest === undefined ? 0 : Math.max(0, (this.clock.now() - this.oldest) / 1_000);
  }
}
