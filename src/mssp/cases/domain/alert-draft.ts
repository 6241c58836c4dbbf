import type { Detection, DetectorKind, RuleReference } from '../../../contracts/detection.js';
import type { Entity } from '../../../contracts/entity.js';
import type { Severity } from '../../../contracts/severity.js';
import type { Tlp } from '../../../contracts/tlp.js';
import { entityKey, entityOfKey } from './entity-key.js';

const MOST_ENTITIES = 32;
const MOST_LABELS = 32;
const LONGEST_TITLE = 300;
const LONGEST_REASON = 2_000;
const LONGEST_LABEL = 64;

/** What of an alert never changes once it is raised (of a storm alert, all but `entities`). */
export interface AlertDocument {
  readonly title: string;
  readonly reason: string;
  readonly rule: RuleReference;
  readonly entities: readonly Entity[];
  readonly techniques: readonly string[];
  readonly tactics: readonly string[];
  readonly rarity: number | null;
  readonly indicator_confidence: number | null;
  readonly indicator_tlp?: Tlp;
  readonly correlation_id: string;
}

/** An alert about to be raised. */
export interface AlertDraft {
  readonly alert_id: string;
  readonly detector: DetectorKind;
  readonly severity: Severity;
  /** Milliseconds since the epoch. */
  readonly event_ms: number;
  readonly document: AlertDocument;
}

/** Where detections were made: their batch's arrival time (milliseconds since the epoch) and correlation id. */
export interface DetectionOrigin {
  readonly received_ms: number;
  readonly correlation_id: string;
}

/** Makes an alert of a detection. Texts and lists are cut to their bounds; a time that cannot be read becomes the time of arrival. */
export function draftAlert(alertId: string, detection: Detection, origin: DetectionOrigin): AlertDraft {
  return {
    alert_id: alertId,
    detector: detection.detector,
    severity: detection.severity,
    event_ms: eventMs(detection, origin),
    document: {
      title: detection.rule.title.slice(0, LONGEST_TITLE),
      reason: detection.reason.slice(0, LONGEST_REASON),
      rule: detection.rule,
      entities: distinctEntities(detection.entities),
      techniques: distinctLabels(detection.techniques),
      tactics: distinctLabels(detection.tactics.map((tactic) => tactic.replaceAll('_', '-'))),
      rarity: detection.rarity ?? null,
      indicator_confidence: detection.indicator_confidence ?? null,
      ...(detection.indicator_tlp && { indicator_tlp: detection.indicator_tlp }),
      correlation_id: origin.correlation_id,
    },
  };
}

/** Ids of the events that show a detection, oldest first. */
export function evidenceOf(batchId: string, { evidence, event_index }: Detection): readonly string[] {
  return evidence !== undefined && evidence.length > 0 ? evidence : [`${batchId}.${event_index}`];
}

/** Entities without repetition, in the order given, at most 32. */
export function distinctEntities(entities: readonly Entity[]): readonly Entity[] {
  const keys = new Set<string>();
  for (const entity of entities) {
    if (keys.size === MOST_ENTITIES) break;
    if (entity.value !== '') keys.add(entityKey(entity));
  }
  return [...keys].map(entityOfKey);
}

/** Technique or tactic names without repetition, at most 32. */
export function distinctLabels(labels: readonly string[]): readonly string[] {
  return [...new Set(labels.map((label) => label.slice(0, LONGEST_LABEL)))].slice(0, MOST_LABELS);
}

function eventMs(detection: Detection, origin: DetectionOrigin): number {
  const time = Date.parse(detection.event_time);
  return Number.isFinite(time) ? time : origin.received_ms;
}
