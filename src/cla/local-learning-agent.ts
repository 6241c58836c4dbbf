import type { Feedback, RuleWeight } from '../contracts/feedback.js';
import { LearningAgent } from '../contracts/learning-agent.js';
import type { TenantId } from '../contracts/tenant.js';
import type { FeedbackStore } from './domain/feedback-store.js';
import { countFeedback, weightFrom } from './domain/rule-weight.js';

const WEIGHTS_CACHED = 50_000;

/** CLA in this process: weights follow from the feedback kept, and are cached until more comes. */
export class LocalLearningAgent extends LearningAgent {
  private readonly weights = new Map<string, Promise<RuleWeight>>();

  constructor(private readonly store: FeedbackStore) {
    super();
  }

  async learn(tenant: TenantId, feedback: Feedback): Promise<RuleWeight> {
    await this.store.keep(tenant, feedback);
    this.weights.delete(cacheKey(tenant, feedback.rule_id));
    return this.weightOf(tenant, feedback.rule_id);
  }

  weightOf(tenant: TenantId, ruleId: string): Promise<RuleWeight> {
    const key = cacheKey(tenant, ruleId);
    let weight = this.weights.get(key);
    if (!weight) {
      if (this.weights.size >= WEIGHTS_CACHED) this.weights.clear();
      weight = this.store.ofRule(tenant, ruleId).then((given) => weightFrom(ruleId, countFeedback(given)));
      this.weights.set(key, weight);
      weight.catch(() => this.weights.delete(key));
    }
    return weight;
  }
}

function cacheKey(tenant: TenantId, ruleId: string): string {
  return `${tenant}/${ruleId}`;
}
