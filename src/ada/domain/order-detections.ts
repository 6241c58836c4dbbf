import { type Detection } from '../../contracts/detection.js';
import { compareSeverity } from '../../contracts/severity.js';

/** Most detections of one event, and of one batch. */
export interface DetectionLimits {
  readonly perEvent: number;
  readonly perBatch: number;
}

export const DEFAULT_DETECTION_LIMITS: DetectionLimits = { perEvent: 50, perBatch: 10_000 };

/**
 * Detections in order of event index, then rule id. Beyond the limits the less severe are left out, of equally severe ones those of later
 * rules and events.
 */
export function orderDetections(detections: readonly Detection[], limits = DEFAULT_DETECTION_LIMITS): Detection[] {
  const kept: Detection[] = [];
  const perEvent = new Map<number, number>();
  for (const detection of [...detections].sort(bySeverity)) {
    const before = perEvent.get(detection.event_index) ?? 0;
    if (before >= limits.perEvent) continue;
    if (kept.length >= limits.perBatch) break;
    perEvent.set(detection.event_index, before + 1);
    kept.push(detection);
  }
  return kept.sort(byPosition);
}

function bySeverity(a: Detection, b: Detection): number {
  return compareSeverity(b.severity, a.severity) || byPosition(a, b);
}

function byPosition(a: Detection, b: Detection): number {
  return a.event_index - b.event_index || (a.rule.id < b.rule.id ? -1 : a.rule.id > b.rule.id ? 1 : 0);
}
