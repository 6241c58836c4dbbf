import { Logger } from '@nestjs/common';
import type { TenantId } from '../contracts/tenant.js';
import type { Clock } from '../platform/clock/clock.js';
import { Census } from '../platform/observability/census.js';
import type { Metrics } from '../platform/observability/metrics.js';
import { TenantRetired } from '../platform/tenancy/retired-tenants.js';
import type { TenantDirectory } from '../platform/tenancy/tenant-directory.js';
import type { ActionRecord } from './domain/action-record.js';
import type { ActionSort, ActionStore } from './domain/action-store.js';

/** What waits for people; times are milliseconds since the epoch. */
interface Waiting {
  readonly actions: number;
  readonly since: number;
  readonly until: number;
}

const NOTHING: Waiting = { actions: 0, since: Infinity, until: Infinity };

/** Counts the actions of all tenants that wait for a person now and then, for the metrics. */
export class ApprovalCensus extends Census {
  private readonly logger = new Logger(ApprovalCensus.name);
  private waiting = NOTHING;

  constructor(
    private readonly store: ActionStore,
    private readonly tenants: TenantDirectory,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    super();
    const name = 'approvals_next_expiry_timestamp_seconds';
    metrics.gauge('approvals_pending', 'Containment actions that wait for a person', () => this.waiting.actions);
    metrics.gauge('approvals_oldest_age_seconds', 'How long the oldest of them has waited', () =>
      this.waiting.actions === 0 ? 0 : Math.max(0, (this.clock.now() - this.waiting.since) / 1_000),
    );
    metrics.gauge(name, 'When the first of them expires, in Unix time; 0 where none waits', () =>
      this.waiting.actions === 0 ? 0 : this.waiting.until / 1_000,
    );
  }

  /** Counts now. A tenant that cannot be asked is left out. */
  override async take(): Promise<void> {
    let waiting = NOTHING;
    for (const { tenant_id: tenant } of await this.tenants.list()) {
      if (this.stopping) return;
      const { actions, since, until } = await this.waitingIn(tenant);
      waiting = { actions: waiting.actions + actions, since: Math.min(waiting.since, since), until: Math.min(waiting.until, until) };
    }
    this.waiting = waiting;
  }

  private async waitingIn(tenant: TenantId): Promise<Waiting> {
    try {
      const actions = await this.store.countPending(tenant);
      if (actions === 0) return NOTHING;
      const since = (await this.first(tenant, 'created_at'))?.created_at;
      const until = (await this.first(tenant, 'expires_at'))?.expires_at;
      return { actions, since: Date.parse(since ?? this.clock.isoNow()), until: until ? Date.parse(until) : Infinity };
    } catch (error) {
      if (!(error instanceof TenantRetired)) this.tell(error, tenant);
      return NOTHING;
    }
  }

  private async first(tenant: TenantId, by: ActionSort['by']): Promise<ActionRecord | undefined> {
    const [record] = await this.store.list(tenant, { status: ['pending_approval'], sort: { by, descending: false }, limit: 1 });
    return record;
  }

  protected override tell(error: unknown, tenant?: TenantId): void {
    const labels = tenant === undefined ? {} : { tenant_id: tenant };
    this.logger.warn({ err: error, event: 'approvals.uncounted', ...labels }, 'actions that wait were not counted');
  }
}
