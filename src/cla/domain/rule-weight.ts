import type { FeedbackVerdict, RuleWeight } from '../../contracts/feedback.js';

/** What analysts said of one rule's alerts, counted once an alert and analyst. */
export interface FeedbackCounts {
  readonly true_positives: number;
  readonly false_positives: number;
  readonly benign_positives: number;
  /** How many different people they came from. */
  readonly analysts: number;
}

/** No amount of feedback silences a rule or lets it decide alone. */
export const WEIGHT_BOUNDS = { least: 0.25, neutral: 1, most: 1.5 } as const;

/** Feedback that the neutral opinion is worth: how much it takes to be believed. */
const PRIOR = 2;
/** A benign positive was rightly seen but needs nobody: half a false one. */
const BENIGN_SHARE = 0.5;
/** One person alone moves a weight half as far. */
const ALONE = 0.5;

export const NO_FEEDBACK: FeedbackCounts = { true_positives: 0, false_positives: 0, benign_positives: 0, analysts: 0 };

/**
 * The weight that feedback gives a rule: the mean of a Beta posterior over "an alert of this rule deserves attention", with a neutral
 * prior, mapped so that 0 is the least weight, ½ is neutral and 1 is the most. Rounded to thousandths.
 */
export function weightFrom(ruleId: string, counts: FeedbackCounts): RuleWeight {
  const { true_positives, false_positives, benign_positives, analysts } = counts;
  const against = false_positives + BENIGN_SHARE * benign_positives;
  const belief = (true_positives + PRIOR) / (true_positives + against + 2 * PRIOR);
  const { least, neutral, most } = WEIGHT_BOUNDS;
  const full = belief < 0.5 ? least + (belief / 0.5) * (neutral - least) : neutral + ((belief - 0.5) / 0.5) * (most - neutral);
  const weight = analysts > 1 ? full : neutral + (full - neutral) * ALONE;
  return { rule_id: ruleId, weight: Math.round(weight * 1_000) / 1_000, true_positives, false_positives, benign_positives };
}

/** Counts verdicts, given one for each alert and analyst. */
export function countFeedback(given: readonly { readonly verdict: FeedbackVerdict; readonly analyst: string }[]): FeedbackCounts {
  const of = (verdict: FeedbackVerdict): number => given.filter((feedback) => feedback.verdict === verdict).length;
  return {
    true_positives: of('true_positive'),
    false_positives: of('false_positive'),
    benign_positives: of('benign_positive'),
    analysts: new Set(given.map(({ analyst }) => analyst)).size,
  };
}
