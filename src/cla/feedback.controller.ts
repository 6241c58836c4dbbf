import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Audited } from '../platform/audit/audited.decorator.js';
import type { RuleWeight } from '../contracts/feedback.js';
import { AuditLog } from '../platform/audit/audit-log.js';
import { AllowService } from '../platform/auth/allow.decorator.js';
import { InTenant, type TenantCaller } from '../platform/auth/caller.decorator.js';
import { deedOf } from '../platform/auth/deed-of.js';
import { Clock } from '../platform/clock/clock.js';
import { RuleWeightDto } from '../platform/contract-dto/rule-weight.dto.js';
import { LearnRequestDto } from './feedback.dto.js';
import { LocalLearningAgent } from './local-learning-agent.js';

/** CLA for other services. */
@ApiTags('between services')
@Controller('api/v1/feedback')
export class FeedbackController {
  constructor(
    private readonly agent: LocalLearningAgent,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Learns from what an analyst said of an alert; answers the rule's weight as it then stands. */
  @Post()
  @Audited('tenant', 'feedback.handed_on')
  @HttpCode(200)
  @AllowService({ from: ['mssp', 'taa', 'cra'] })
  @ApiOkResponse({ type: RuleWeightDto })
  async learn(@InTenant() caller: TenantCaller, @Body() body: LearnRequestDto): Promise<RuleWeight> {
    const { feedback_id, alert_id, rule_id, verdict, analyst } = body;
    const deed = deedOf(caller);
    const target = { type: 'rule', id: rule_id };
    const details = { feedback_id, alert_id, verdict, analyst };
    await this.audit.append(caller.tenant, [{ ...deed, action: 'feedback.handed_on', target, outcome: 'success', details }]);
    return this.agent.learn(caller.tenant, { ...body, at: this.clock.isoNow(), correlation_id: caller.correlationId });
  }
}
