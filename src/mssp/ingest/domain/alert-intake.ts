import type { Detection } from '../../../contracts/detection.js';
import type { TenantId } from '../../../contracts/tenant.js';

/** Where a batch's detections come from. */
export interface DetectedBatch {
  readonly batch_id: string;
  /** RFC 3339 UTC. */
  readonly received_at: string;
  readonly correlation_id: string;
}

/** Takes detections and raises alerts for them. */
export abstract class AlertIntake {
  /**
   * Raises the alerts durably and enqueues their triage in the same transaction. Alert ids are derived from (tenant, rule, batch, event), so
   * raising a batch again changes nothing. Answers how many detections became alerts or were folded into storm alerts, counting repeated
   * calls alike.
   */
  abstract raise(tenant: TenantId, batch: DetectedBatch, detections: readonly Detection[]): Promise<number>;
}
