import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';
import { BusinessEvents } from '../../platform/observability/business-events.js';
import { TenantDirectory } from '../../platform/tenancy/tenant-directory.js';
import { EventRetention } from './event-retention.js';

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
    for (const { tenant_id: tenant } of await this.directory.list().catch(() => [])) {
      if (this.isStopping) return;
      await this.lookAt(tenant).catch((error: unknown) =>
        this.logger.error({ err: error, event: 'retention.failed', tenant_id: tenant }, 'events whose time is over were not removed'),
      );
    }
  }

  private async lookAt(tenant: TenantId): Promise<void> {
    for (const month of await this.retention.retire(tenant)) this.events.eventsRetired(tenant, month);
  }
}
