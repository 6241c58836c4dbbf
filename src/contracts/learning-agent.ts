import type { Feedback, RuleWeight } from './feedback.js';
import type { TenantId } from './tenant.js';

/** CLA: learns from what analysts say of alerts. */
export abstract class LearningAgent {
  /** Takes one piece of feedback; a `feedback_id` already taken changes nothing. Returns the rule's weight as it then stands. */
  abstract learn(tenant: TenantId, feedback: Feedback): Promise<RuleWeight>;

  /** The weight of a rule for a tenant; neutral where nothing was learned. */
  abstract weightOf(tenant: TenantId, ruleId: string): Promise<RuleWeight>;
}
