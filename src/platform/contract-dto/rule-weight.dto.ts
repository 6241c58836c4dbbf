import type { RuleWeight } from '../../contracts/feedback.js';

/** How much a rule's alerts weigh for the tenant. */
export class RuleWeightDto implements RuleWeight {
  rule_id: string;
  /** 1 is neutral. */
  weight: number;
  true_positives: number;
  false_positives: number;
  benign_positives: number;
}
