import { Injectable } from '@nestjs/common';
import { SentEventInspector } from '../../contracts/sent-events.js';
import type { TenantId } from '../../contracts/tenant.js';
import { WorkHandler, type WorkItem } from '../../platform/work-queue/work-item.js';
import { WorkRunner } from '../../platform/work-queue/work-runner.js';
import { AlertIntake } from './domain/alert-intake.js';
import { parseEventId } from './domain/event-id.js';
import { EventPipeline } from './domain/event-pipeline.js';
import { INSPECT_EVENT } from './poison-events.js';

/** Inspects an event that could not be inspected with its batch, when an operator has it replayed. */
@Injectable()
export class InspectEventHandler extends WorkHandler {
  readonly kind = INSPECT_EVENT;

  constructor(
    private readonly pipeline: EventPipeline,
    private readonly inspector: SentEventInspector,
    private readonly intake: AlertIntake,
    runner: WorkRunner,
  ) {
    super();
    runner.register(this);
  }

  async handle(tenant: TenantId, items: readonly WorkItem[]): Promise<void> {
    for (const { payload, correlation_id } of items) {
      const eventId = String(payload['event_id']);
      const id = parseEventId(eventId);
      const event = id && (await this.pipeline.find(tenant, eventId));
      if (!event) throw new Error('the event is not stored any more');
      const body = Buffer.from(`{"source":${JSON.stringify(event.source)},"events":[${event.raw}]}`);
      const sent = { batch_id: id.batchId, body: new Uint8Array(body), received_at: id.receivedAt, failed_before: true } as const;
      const { detections, rejected } = await this.inspector.inspect(tenant, sent);
      const [refused] = rejected;
      if (refused) throw new Error(refused.detail);
      const batch = { batch_id: id.batchId, received_at: new Date(id.receivedAt).toISOString(), correlation_id };
      await this.intake.raise(
        tenant,
        batch,
        detections.map((detection) => ({ ...detection, event_index: id.index })),
      );
    }
  }
}
