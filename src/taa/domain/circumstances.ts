import type { Alert } from '../../contracts/alert.js';
import type { Entity } from '../../contracts/entity.js';
import type { RuleWeight } from '../../contracts/feedback.js';
import type { Severity } from '../../contracts/severity.js';
import type { TriageContext } from '../../contracts/triage-agent.js';
import type { MatchedIndicator } from './matched-indicator.js';

/** Everything that a verdict depends on. */
export interface AssessmentInput {
  readonly alert: Alert;
  readonly context: TriageContext;
  /** Indicators that the alert's entities match. */
  readonly indicators: readonly MatchedIndicator[];
  /** Those of the alert's entities that are critical to the tenant. */
  readonly critical: readonly Entity[];
  readonly weight: RuleWeight;
}

/** What of the input a score is made of, in one flat record, so that "what if" is a change of one member. */
export interface Circumstances {
  readonly severity: Severity;
  /** 0 to 1; `null` where no detector could tell. */
  readonly rarity: number | null;
  /** Critical entities concerned, as text. */
  readonly critical: readonly string[];
  /** Confidence of the surest indicator, 0 to 1; 0 where none matches. */
  readonly indicator: number;
  readonly indicatorNames: readonly string[];
  readonly repetitions: number;
  /** Tactics seen before on the alert's entities, other than its own. */
  readonly otherTactics: readonly string[];
  readonly weight: number;
  /** Pieces of feedback that the weight was learned from. */
  readonly feedback: number;
}

/** Reduces the input to what counts; members out of their range are brought into it. */
export function circumstancesOf({ alert, context, indicators, critical, weight }: AssessmentInput): Circumstances {
  const own = new Set(alert.tactics);
  const confidences = [alert.indicator_confidence ?? 0, ...indicators.map(({ confidence }) => confidence)];
  return {
    severity: alert.severity,
    rarity: alert.rarity === null ? null : unit(alert.rarity),
    critical: critical.map(({ type, value }) => `${type} ${value}`),
    indicator: unit(Math.max(...confidences)),
    indicatorNames: [...new Set(indicators.map(nameOf))],
    repetitions: Math.max(0, Math.trunc(context.repetitions)),
    otherTactics: [...new Set(context.prior_tactics)].filter((tactic) => !own.has(tactic)).sort(),
    weight: Math.max(0, weight.weight),
    feedback: weight.true_positives + weight.false_positives + weight.benign_positives,
  };
}

/** What a verdict calls an indicator. Verdicts go on into incidents and to receivers outside, so one that is marked TLP:RED has no name in them. */
function nameOf({ entity, source, tlp }: MatchedIndicator): string {
  return tlp === 'red' ? 'one marked TLP:RED' : `${entity.value} (${source})`;
}

function unit(value: number): number {
  return Math.min(1, Math.max(0, value));
}
