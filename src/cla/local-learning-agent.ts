import type { Feedback, RuleWeight } from '../contracts/feedback.js';
import { LearningAgent } from '../contracts/learning-agent.js';
import type { TenantId } from '../contracts/tenant.js';
import type { FeedbackStore } from './domain/feedback-store.js';
import { countFeedback, weightFrom } from './domain/rule-weight.js';

const WEIGHTS_CACHED = 50_000;
/** How long feedback that another process took may go unseen. */
const LOOK_EVERY_MS = 2_000;

interface CachedWeight {
  readonly weight: Promise<RuleWeight>;
  /** On a clock that is never set. */
  readonly since: number;
}

/** CLA in this process: weights follow from the feedback kept, and are cached for two seconds, or until more comes. */
export class LocalLearningAgent extends LearningAgent {
  private readonly weights = new Map<string, CachedWeight>();

  constructor(
    private readonly store: FeedbackStore,
    private readonly elapsed: () => number = () => performance.now(),
  ) {
    super();
  }

  async learn(tenant: TenantId, feedback: Feedback): Promise<RuleWeight> {
    await this.store.keep(tenant, feedback);
    this.weights.delete(cacheKey(tenant, feedback.rule_id));
    return this.weightOf(tenant, feedback.rule_id);
  }

  weightOf(tenant: TenantId, ruleId: string): Promise<RuleWeight> {
    const key = cacheKey(tenant, ruleId);
    const now = this.elapsed();
    const cached = this.weights.get(key);
    if (cached && now - cached.since < LOOK_EVERY_MS) return cached.weight;
    if (this.weights.size >= WEIGHTS_CACHED) this.weights.clear();
    const weight = this.store.ofRule(tenant, ruleId).then((given) => weightFrom(ruleId, countFeedback(given)));
    this.weights.set(key, { weight, since: now });
    weight.catch(() => this.weights.delete(key));
    return weight;
  }
}

function cacheKey(tenant: TenantId, ruleId: string): string {
  return `${tenant}/${ruleId}`;
}
