import type { Detection } from './detection.js';
import type { TenantId } from './tenant.js';

/** Events as they were sent: `{"source": "…", "events": [ … ]}`, not read yet. */
export interface SentEvents {
  /** Identifies the batch; the same batch again finds the same and teaches nothing. */
  readonly batch_id: string;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Arrival, milliseconds since the epoch. */
  readonly received_at: number;
  /** Inspection of these events has failed before: they are tried apart from others first. */
  readonly failed_before?: true;
}

/** What inspection found. */
export interface InspectionReport {
  readonly batch_id: string;
  /** Events that were inspected. */
  readonly inspected: number;
  /** Events that could not be read, and why. */
  readonly rejected: readonly { readonly index: number; readonly code: string; readonly detail: string }[];
  /** In order of event index, then rule id. */
  readonly detections: readonly Detection[];
}

/** ADA for callers elsewhere: events are read beside the detectors, and nothing of them is stored. */
export abstract class SentEventInspector {
  /** @throws Problem for a body that cannot be taken apart. */
  abstract inspect(tenant: TenantId, sent: SentEvents): Promise<InspectionReport>;
}
