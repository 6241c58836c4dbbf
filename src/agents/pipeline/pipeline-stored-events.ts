import { type EventPosition, type EventSpan, StoredEvents, type StoredPage } from '../../contracts/stored-events.js';
import type { TenantId } from '../../contracts/tenant.js';
import { eventIdOf } from '../../mssp/ingest/domain/event-id.js';
import type { EventPipeline } from '../../mssp/ingest/domain/event-pipeline.js';

/** Stored events, read in the pipeline's threads. */
export class PipelineStoredEvents extends StoredEvents {
  constructor(private readonly pipeline: Pick<EventPipeline, 'records'>) {
    super();
  }

  async page(tenant: TenantId, span: EventSpan, before: EventPosition | null): Promise<StoredPage> {
    const { records, ...page } = await this.pipeline.records(tenant, span, before);
    return {
      ...page,
      records: records.map(({ batch_id, index, received_at, source, raw }) => ({
        event_id: eventIdOf(batch_id, index),
        index,
        received_at,
        source,
        raw,
      })),
    };
  }
}
