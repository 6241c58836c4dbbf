import type { Detection } from './detection.js';
import type { EventBatch } from './security-event.js';
import type { TenantId } from './tenant.js';

/** ADA: finds what is wrong in a batch of events. */
export abstract class DetectionAgent {
  /** Detections in order of event index, then rule id. Inspecting a batch again finds the same rules on the same events. */
  abstract inspect(tenant: TenantId, batch: EventBatch): Promise<Detection[]>;
}
