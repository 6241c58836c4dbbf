export const FEEDBACK_VERDICTS = ['true_positive', 'false_positive', 'benign_positive'] as const;

export type FeedbackVerdict = (typeof FEEDBACK_VERDICTS)[number];

/** What an analyst said of an alert. */
export interface Feedback {
  readonly feedback_id: string;
  readonly alert_id: string;
  readonly rule_id: string;
  readonly verdict: FeedbackVerdict;
  readonly comments: string;
  readonly analyst: string;
  /** RFC 3339 UTC. */
  readonly at: string;
  readonly correlation_id: string;
}

/** What was learned: a rule's weight for one tenant, which triage multiplies the rule's contribution by. */
export interface RuleWeight {
  readonly rule_id: string;
  /** 1 is neutral; bounded, so that no amount of feedback silences a rule. */
  readonly weight: number;
  readonly true_positives: number;
  readonly false_positives: number;
  readonly benign_positives: number;
}
