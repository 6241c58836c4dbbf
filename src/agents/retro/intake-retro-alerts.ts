import type { TenantId } from '../../contracts/tenant.js';
import type { AlertIntake } from '../../mssp/ingest/domain/alert-intake.js';
import { parseEventId } from '../../mssp/ingest/domain/event-id.js';
import type { PastHit } from '../../taa/domain/retro/past-matcher.js';
import { RetroAlerts } from '../../taa/domain/retro/retro-alerts.js';
import type { RetroMatch } from '../../taa/domain/retro/retro-match.js';

const MINUTE_MS = 60_000;

/**
 * Raises them as those of a batch are raised, under the batch that the event came in: an indicator and an event that have met before, when it arrived or in
 * another job, raise nothing. They count against the limit of the minute before the job was made, which is over, so that they take nothing from what comes in;
 * beyond it they fold into one storm alert for each indicator.
 */
export class IntakeRetroAlerts extends RetroAlerts {
  constructor(private readonly intake: AlertIntake) {
    super();
  }

  async raise(tenant: TenantId, { created_at, correlation_id }: RetroMatch, hits: readonly PastHit[]): Promise<void> {
    const received_at = new Date(Date.parse(created_at) - MINUTE_MS).toISOString();
    const batches = Map.groupBy(hits, ({ event_id }) => parseEventId(event_id)?.batchId ?? '');
    const raised = [...batches].map(([batch_id, found]) => {
      const detections = found.map(({ detection }) => detection);
      return this.intake.raise(tenant, { batch_id, received_at, correlation_id }, detections);
    });
    await Promise.all(raised);
  }
}
