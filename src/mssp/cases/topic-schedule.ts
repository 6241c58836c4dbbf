import { Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';
import type { TenantDirectory } from '../../platform/tenancy/tenant-directory.js';
import type { AlertPublisher } from './domain/alert-publisher.js';

const EVERY_MS = 15_000;

/**
 * Has topics made as soon as there is a tenant for them, so that others can subscribe before its first alert. What cannot be made is tried again, and made at
 * the latest when something is published.
 */
export class TopicSchedule implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(TopicSchedule.name);
  private readonly prepared = new Map<TenantId, string>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private stopping = false;

  constructor(
    private readonly tenants: Pick<TenantDirectory, 'list'>,
    private readonly publisher: AlertPublisher,
  ) {}

  onApplicationBootstrap(): void {
    void this.look();
    this.timer = setInterval(() => void this.look(), EVERY_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    clearInterval(this.timer);
    await this.looking;
  }

  /** Prepares the topics that are not known to be there. Never throws. */
  look(): Promise<void> {
    return (this.looking ??= this.prepareMissing().finally(() => (this.looking = undefined)));
  }

  /** A tenant of this name has no topic any more. */
  forget(tenant: TenantId): void {
    this.prepared.delete(tenant);
  }

  private async prepareMissing(): Promise<void> {
    for (const { tenant_id: tenant, pubsub_topic: topic } of await this.tenants.list().catch(() => [])) {
      if (this.stopping || this.prepared.get(tenant) === topic) continue;
      try {
        await this.publisher.prepare(tenant);
        this.prepared.set(tenant, topic);
      } catch (error) {
        this.logger.warn({ err: error, event: 'topic.unprepared', tenant_id: tenant }, 'the topic of a tenant cannot be made');
      }
    }
  }
}
