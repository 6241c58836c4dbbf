import { Injectable } from '@nestjs/common';
import type { Detection } from '../../contracts/detection.js';
import type { TenantId } from '../../contracts/tenant.js';
import { Clock } from '../../platform/clock/clock.js';
import { currentSpan } from '../../platform/observability/tracing/active-span.js';
import { Tracing } from '../../platform/observability/tracing/tracing.js';
import { TenantDirectory } from '../../platform/tenancy/tenant-directory.js';
import { WorkRunner } from '../../platform/work-queue/work-runner.js';
import { AlertIntake, type DetectedBatch } from '../ingest/domain/alert-intake.js';
import { AlertStore } from './domain/alert-store.js';

/** Raises alerts in the alert store, within the tenant's alert limit, and wakes their triage. */
@Injectable()
export class StoredAlertIntake extends AlertIntake {
  constructor(
    private readonly alerts: AlertStore,
    private readonly tenants: TenantDirectory,
    private readonly runner: WorkRunner,
    private readonly clock: Clock,
    private readonly tracing: Tracing,
  ) {
    super();
  }

  async raise(tenant: TenantId, batch: DetectedBatch, detections: readonly Detection[]): Promise<number> {
    if (detections.length === 0) return 0;
    const settings = await this.tenants.find(tenant);
    if (!settings) throw new Error('alerts cannot be raised for a tenant that is not there');
    const { alerts_per_min } = settings.rate_limits;
    const start = { name: 'alerts raise', attributes: { 'gatra.detections': detections.length } };
    await this.tracing.span(start, () => {
      const traceparent = currentSpan()?.traceparent || null;
      return this.alerts.raise(tenant, { batch, detections, alerts_per_min, now: this.clock.now(), traceparent });
    });
    this.runner.wake(tenant);
    return new Set(detections.map((detection) => `${detection.event_index}|${detection.rule.id}`)).size;
  }
}
