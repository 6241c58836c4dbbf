import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';
import { TenantDirectory } from '../../platform/tenancy/tenant-directory.js';
import { TenantRetired } from '../../platform/tenancy/retired-tenants.js';
import { TenantClosers } from '../../platform/tenancy/tenant-closers.js';
import { AlertIntake } from './domain/alert-intake.js';
import { EventPipeline } from './domain/event-pipeline.js';
import type { PendingDetections } from './domain/event-store.js';
import { PoisonEvents } from './poison-events.js';

const RETRY_MS = 2_000;

/**
 * Sees to it that stored detections become alerts: at once while a batch is answered, and again from the store where that failed or the
 * process ended in between. Raising a batch twice changes nothing.
 */
@Injectable()
export class AlertDelivery implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(AlertDelivery.name);
  private readonly retries = new Map<TenantId, NodeJS.Timeout>();
  private readonly known = new Set<TenantId>();

  constructor(
    private readonly pipeline: EventPipeline,
    private readonly intake: AlertIntake,
    private readonly tenants: TenantDirectory,
    private readonly poison: PoisonEvents,
    closers: TenantClosers,
  ) {
    closers.register((tenant) => this.forget(tenant));
    tenants.onChange((tenant, changed) => (changed ? this.meet(tenant) : this.forget(tenant)));
    pipeline.onRestart((tenant) => this.recoverLater(tenant, 0));
    pipeline.onLateDetections((tenant, pending) => {
      this.take(tenant, pending).catch((error: unknown) => this.putOff(tenant, error));
    });
  }

  /** Before requests are taken: what an earlier run left is inspected and raised. */
  async onApplicationBootstrap(): Promise<void> {
    for (const { tenant_id: tenant } of await this.tenants.list()) {
      this.known.add(tenant);
      await this.recover(tenant).catch((error: unknown) => this.putOff(tenant, error));
    }
  }

  onModuleDestroy(): void {
    for (const timer of this.retries.values()) clearTimeout(timer);
    this.retries.clear();
  }

  /** Raises a batch's alerts and keeps what cannot be inspected; answers how many alerts. Where that fails it is done later, from the store. */
  async deliver(tenant: TenantId, pending: PendingDetections): Promise<number> {
    try {
      return await this.take(tenant, pending);
    } catch (error) {
      this.putOff(tenant, error);
      return pending.detections.length;
    }
  }

  private async recover(tenant: TenantId): Promise<void> {
    const pending = await this.pipeline.recover(tenant);
    if (pending.length > 0)
      this.logger.log({ event: 'alerts.recovering', tenant_id: tenant, batches: pending.length }, 'raising what was left');
    for (const batch of pending) await this.take(tenant, batch);
  }

  private async take(tenant: TenantId, { detections, poison, ...batch }: PendingDetections): Promise<number> {
    await this.poison.keep(tenant, batch, poison);
    const alerts = await this.intake.raise(tenant, batch, detections);
    this.pipeline.settled(tenant, batch.batch_id, alerts);
    return alerts;
  }

  /** A tenant that is new here may bring events along that are not inspected: what was imported beside this process. */
  private meet(tenant: TenantId): void {
    if (this.known.has(tenant)) return;
    this.known.add(tenant);
    this.recoverLater(tenant, 0);
  }

  private forget(tenant: TenantId): void {
    this.known.delete(tenant);
    clearTimeout(this.retries.get(tenant));
    this.retries.delete(tenant);
  }

  private putOff(tenant: TenantId, error: unknown): void {
    if (error instanceof TenantRetired) return;
    this.logger.error({ err: error, event: 'alerts.put_off', tenant_id: tenant }, 'alerts will be raised later');
    this.recoverLater(tenant, RETRY_MS);
  }

  private recoverLater(tenant: TenantId, delay: number): void {
    if (this.retries.has(tenant)) return;
    const timer = setTimeout(() => {
      this.retries.delete(tenant);
      this.recover(tenant).catch((error: unknown) => this.putOff(tenant, error));
    }, delay);
    timer.unref();
    this.retries.set(tenant, timer);
  }
}
