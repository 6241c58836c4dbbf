import type { Feedback, RuleWeight } from '../contracts/feedback.js';
import { LearningAgent } from '../contracts/learning-agent.js';
import type { TenantId } from '../contracts/tenant.js';
import type { Tracing } from '../platform/observability/tracing/tracing.js';

/** A learning agent whose lessons are spans. */
export class TracedLearningAgent extends LearningAgent {
  constructor(
    private readonly agent: LearningAgent,
    private readonly tracing: Tracing,
  ) {
    super();
  }

  learn(tenant: TenantId, feedback: Feedback): Promise<RuleWeight> {
    return this.tracing.span({ name: 'learning learn' }, () => this.agent.learn(tenant, feedback));
  }

  weightOf(tenant: TenantId, ruleId: string): Promise<RuleWeight> {
    return this.agent.weightOf(tenant, ruleId);
  }
}
