import { Injectable } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';
import { Clock } from '../../platform/clock/clock.js';
import { Metrics } from '../../platform/observability/metrics.js';
import { WorkStore } from '../../platform/work-queue/work-store.js';
import type { DetectedBatch } from './domain/alert-intake.js';
import { eventIdOf } from './domain/event-id.js';
import type { PoisonEvent } from './domain/poison-event.js';

/** Work that inspects one event again. */
export const INSPECT_EVENT = 'inspect';

/** Makes dead letters of events that cannot be inspected: why, how often it was tried, and which it is. The original stays where it is stored, encrypted and byte for byte. */
@Injectable()
export class PoisonEvents {
  constructor(
    private readonly work: WorkStore,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  /** Keeping an event twice changes nothing. */
  async keep(tenant: TenantId, { batch_id, correlation_id }: DetectedBatch, poison: readonly PoisonEvent[]): Promise<void> {
    for (const { index, reason, attempts } of poison) {
      const eventId = eventIdOf(batch_id, index);
      const item = { kind: INSPECT_EVENT, key: eventId, payload: { event_id: eventId }, correlation_id };
      const isNew = await this.work.keepDead(tenant, item, { error: reason, attempts, at: this.clock.now() });
      if (isNew) this.metrics.deadLetters.inc({ kind: INSPECT_EVENT });
    }
  }
}
