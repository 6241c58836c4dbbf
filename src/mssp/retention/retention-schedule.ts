import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';
import { BusinessEvents } from '../../platform/observability/business-events.js';
import type { Tenant } from '../../platform/tenancy/tenant.js';
import { TenantDirectory } from '../../platform/tenancy/tenant-directory.js';
import type { ClockReading } from './domain/clock-reading.js';
import { EventRetention } from './event-retention.js';
import { RetentionClock } from './retention-clock.js';

const LOOK_EVERY_MS = 3_600_000;

/** Removes events whose time is over, at start and every hour. Processes that share the data directory do it one at a time. */
@Injectable()
export class RetentionSchedule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(RetentionSchedule.name);
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private isStopping = false;

  constructor(
    private readonly retention: EventRetention,
    private readonly clock: RetentionClock,
    private readonly directory: TenantDirectory,
    private readonly events: BusinessEvents,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
    this.timer.unref();
    void this.look();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.timer);
    await this.looking;
  }

  /** Removes what is due now, once what is under way has ended. */
  look(): Promise<void> {
    this.looking = this.looking.then(() => this.lookAtAll());
    return this.looking;
  }

  private async lookAtAll(): Promise<void> {
    const clock = await this.clock.look().catch((error: unknown) => this.tell(error));
    const tenants = await this.directory.list().catch((error: unknown) => this.tell(error));
    if (!clock || !tenants) return;
    for (const { tenant_id: tenant } of tenants) {
      if (this.isStopping) return;
      await this.lookAt(tenant, clock).catch((error: unknown) => this.tell(error, tenant));
    }
    if (clock.offset > 0) await this.acceptHarmless(clock, tenants).catch((error: unknown) => this.tell(error));
  }

  /** A platform that was off for long asks nobody whether its clock is right, where nothing would be removed by it. */
  private async acceptHarmless(clock: ClockReading, tenants: readonly Tenant[]): Promise<void> {
    for (const tenant of tenants) if (await this.retention.isDoubted(tenant, clock)) return;
    await this.clock.accept(clock);
  }

  private async lookAt(tenant: TenantId, clock: ClockReading): Promise<void> {
    for (const month of await this.retention.retire(tenant, clock)) this.events.eventsRetired(tenant, month);
  }

  private tell(error: unknown, tenant?: TenantId): void {
    this.logger.error({ err: error, event: 'retention.failed', tenant_id: tenant }, 'events whose time is over were not removed');
  }
}
