import type { Detection } from '../../../contracts/detection.js';
import type { DetectedBatch } from '../../ingest/domain/alert-intake.js';

/** Detections of one batch that alerts are to be raised for. */
export interface RaiseRequest {
  readonly batch: DetectedBatch;
  readonly detections: readonly Detection[];
  /** Alerts that may be raised singly for all batches that arrived in the same minute. */
  readonly alerts_per_min: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The trace that triage continues (W3C `traceparent`), where there is one. */
  readonly traceparent?: string | null;
}
