import type { Feedback, RuleWeight } from '../../contracts/feedback.js';
import { LearningAgent } from '../../contracts/learning-agent.js';
import type { TenantId } from '../../contracts/tenant.js';
import { RuleWeightDto } from '../../platform/contract-dto/rule-weight.dto.js';
import type { RemoteService } from './remote-service.js';

/** CLA as a service of its own, at `CLA_URL`. What it has learned is read where it keeps it. */
export class RemoteLearningAgent extends LearningAgent {
  constructor(
    private readonly service: RemoteService,
    private readonly learned: Pick<LearningAgent, 'weightOf'>,
  ) {
    super();
  }

  learn(tenant: TenantId, feedback: Feedback): Promise<RuleWeight> {
    const { feedback_id, alert_id, rule_id, verdict, comments, analyst, correlation_id } = feedback;
    const body = { feedback_id, alert_id, rule_id, verdict, comments, analyst };
    return this.service.ask({ tenant, correlationId: correlation_id, path: 'api/v1/feedback', body }, RuleWeightDto);
  }

  weightOf(tenant: TenantId, ruleId: string): Promise<RuleWeight> {
    return this.learned.weightOf(tenant, ruleId);
  }
}
