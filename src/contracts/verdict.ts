export const CLASSIFICATIONS = ['benign', 'low_risk', 'suspicious', 'malicious', 'critical'] as const;

export type Classification = (typeof CLASSIFICATIONS)[number];

/** What a score is made of. */
export const CONTRIBUTIONS = [
  'rule_level',
  'rarity',
  'entity_criticality',
  'intelligence',
  'repetition',
  'kill_chain',
  'analyst_feedback',
  'bounds',
] as const;

/** One named part of a score; the parts add up to the score. */
export interface Contribution {
  readonly name: (typeof CONTRIBUTIONS)[number];
  readonly points: number;
  readonly reason: string;
}

/** The smallest single change that would have changed the classification. */
export interface Counterfactual {
  readonly classification: Classification;
  readonly change: string;
}

/** What triage says of an alert. */
export interface Verdict {
  readonly classification: Classification;
  /** 0 to 100: the sum of the contributions. */
  readonly score: number;
  /** 0 to 1. */
  readonly confidence: number;
  readonly reasons: readonly string[];
  readonly contributions: readonly Contribution[];
  readonly counterfactuals: readonly Counterfactual[];
  readonly model_version: string;
}
