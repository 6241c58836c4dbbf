import type { EventRejection } from '../../../events/event-rejection.js';
import type { TenantId } from '../../../contracts/tenant.js';

/** Answer to an accepted batch: `received = accepted + duplicates + rejected`. */
export interface IngestAnswer {
  readonly status: 'accepted';
  readonly batch_id: string;
  readonly tenant_id: TenantId;
  readonly correlation_id: string;
  readonly received: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly EventRejection[];
  /** False where detection failed: the batch is stored and will be inspected later. */
  readonly inspected: boolean;
  readonly alerts_raised: number;
  readonly rate_limit_remaining: number;
}
