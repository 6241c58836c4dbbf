import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';
import { Clock } from '../clock/clock.js';
import { Metrics } from '../observability/metrics.js';
import { OTHER_TENANTS } from '../observability/tenant-labels.js';
import { TenantRetired } from '../tenancy/retired-tenants.js';
import { addBacklog, topBacklogs, type Backlog } from './backlog.js';
import { WorkRunner } from './work-runner.js';
import { WorkStore } from './work-store.js';

const LOOK_EVERY_MS = 5_000;
/** Tenants that have series of their own: those with the most work. */
const TOP_TENANTS = 20;

/**
 * How much work waits and how long the oldest of it has been due, by kind and for the tenants with the most of it. Looked at in the background, so that a scrape
 * costs the databases nothing; only tenants are asked that the runner knows to have work.
 */
@Injectable()
export class QueueGauges implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(QueueGauges.name);
  private kinds: ReadonlyMap<string, Backlog> = new Map();
  private tenants: ReadonlyMap<string, Backlog> = new Map();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;

  constructor(
    private readonly store: WorkStore,
    private readonly runner: WorkRunner,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    const age = ({ dueSince }: Backlog): number => Math.max(0, clock.now() - dueSince) / 1_000;
    metrics.gaugeOf('work_queue_items', 'Work items that are due or being tried again', ['kind'], () =>
      [...this.kinds].map(([kind, { items }]) => [{ kind }, items] as const),
    );
    metrics.gaugeOf('work_queue_oldest_age_seconds', 'How long ago the oldest such item was due or first tried', ['kind'], () =>
      [...this.kinds].map(([kind, backlog]) => [{ kind }, age(backlog)] as const),
    );
    metrics.gaugeOf('work_queue_tenant_items', 'The same by tenant: those with the most, and the others together', ['tenant_id'], () =>
      [...this.tenants].map(([tenant_id, { items }]) => [{ tenant_id }, items] as const),
    );
    metrics.gaugeOf('work_queue_tenant_oldest_age_seconds', 'How long the oldest item of such a tenant has been due', ['tenant_id'], () =>
      [...this.tenants].map(([tenant_id, backlog]) => [{ tenant_id }, age(backlog)] as const),
    );
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  /** Looks now, unless that is under way. */
  look(): Promise<void> {
    this.looking ??= this.read().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  private async read(): Promise<void> {
    const kinds = new Map<string, Backlog>(this.runner.kinds().map((kind) => [kind, { items: 0, dueSince: this.clock.now() }]));
    const tenants = new Map<string, Backlog>();
    for (const tenant of this.runner.busy()) {
      for (const [kind, backlog] of await this.backlogOf(tenant)) {
        addBacklog(kinds, kind, backlog);
        addBacklog(tenants, tenant, backlog);
      }
    }
    this.kinds = kinds;
    this.tenants = topBacklogs(tenants, TOP_TENANTS, OTHER_TENANTS);
  }

  private async backlogOf(tenant: TenantId): Promise<ReadonlyMap<string, Backlog>> {
    try {
      return await this.store.backlog(tenant, this.clock.now());
    } catch (error) {
      if (!(error instanceof TenantRetired))
        this.logger.warn({ err: error, event: 'work.unread', tenant_id: tenant }, 'the queue could not be looked at');
      return new Map();
    }
  }
}
