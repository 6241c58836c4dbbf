import type { Entity } from './entity.js';
import type { Severity } from './severity.js';
import type { Tlp } from './tlp.js';

export const DETECTORS = ['sigma', 'intel', 'statistical'] as const;

export type DetectorKind = (typeof DETECTORS)[number];

/** What must be known of a rule wherever one of its matches is shown (DRL 1.1 asks for the author). */
export interface RuleReference {
  readonly id: string;
  readonly title: string;
  readonly author: string;
  readonly level: Severity;
  readonly license: string;
}

/** Something that a detector saw in one event. */
export interface Detection {
  readonly detector: DetectorKind;
  readonly rule: RuleReference;
  readonly severity: Severity;
  /** `SecurityEvent.index` of the event. */
  readonly event_index: number;
  /** RFC 3339 UTC. */
  readonly event_time: string;
  readonly entities: readonly Entity[];
  /** ATT&CK technique ids: `T1059.001`. */
  readonly techniques: readonly string[];
  /** ATT&CK tactic short names as in Sigma tags: `credential-access`. */
  readonly tactics: readonly string[];
  /** One sentence: what was seen. */
  readonly reason: string;
  /** 0 (common) to 1 (never seen before in this tenant), where a detector can tell. */
  readonly rarity?: number;
  /** Ids of the events that show it, `{batch_id}.{index}`, oldest first, at most 100; that of `event_index` alone where they are left out. */
  readonly evidence?: readonly string[];
  /** The indicator's confidence, 0 to 1, where the detection is an intelligence match. */
  readonly indicator_confidence?: number;
  /** How that indicator is marked, where it is. */
  readonly indicator_tlp?: Tlp;
}
