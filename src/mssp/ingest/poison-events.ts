import { Injectable } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';
import { Clock } from '../../platform/clock/clock.js';
import { Metrics } from '../../platform/observability/metrics.js';
import { WorkStore } from '../../platform/work-queue/work-store.js';
import type { DetectedBatch } from './domain/alert-intake.js';
import { eventIdOf } from './domain/event-id.js';
import { EventPipeline } from './domain/event-pipeline.js';
import type { PoisonEvent } from './domain/event-store.js';

/** Work that inspects one event again. */
export const INSPECT_EVENT = 'inspect';

/** Makes dead letters of events that cannot be inspected: why, how often it was tried, and the original. They stay stored as well. */
@Injectable()
export class PoisonEvents {
  constructor(
    private readonly pipeline: EventPipeline,
    private readonly work: WorkStore,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  /** Keeping an event twice changes nothing. */
  async keep(tenant: TenantId, { batch_id, correlation_id }: DetectedBatch, poison: readonly PoisonEvent[]): Promise<void> {
    for (const { index, reason, attempts } of poison) {
      const eventId = eventIdOf(batch_id, index);
      const event = await this.pipeline.find(tenant, eventId);
      const payload = { event_id: eventId, source: event?.source ?? 'auto', raw: event?.raw ?? '' };
      const item = { kind: INSPECT_EVENT, key: eventId, payload, correlation_id };
      const isNew = await this.work.keepDead(tenant, item, { error: reason, attempts, at: this.clock.now() });
      if (isNew) this.metrics.deadLetters.inc({ kind: INSPECT_EVENT });
    }
  }
}
