import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Unaudited } from '../platform/audit/audited.decorator.js';
import type { TenantId } from '../contracts/tenant.js';
import type { Verdict } from '../contracts/verdict.js';
import { AllowService } from '../platform/auth/allow.decorator.js';
import { InTenant, type TenantCaller } from '../platform/auth/caller.decorator.js';
import { invalid } from '../platform/problems/problem.js';
import { LocalTriageAgent } from './local-triage-agent.js';
import { TriageAnswerDto, TriageBatchAnswerDto, TriageBatchRequestDto, TriageRequestDto } from './triage.dto.js';

const LARGEST_BATCH = 4 * 1024 * 1024;

interface TriageAnswer {
  readonly alert_id: string;
  readonly verdict: Verdict;
}

/** TAA for other services: the orchestrator gathers an alert's context, TAA judges it. Judging changes nothing. */
@ApiTags('between services')
@Controller('api/v1/triage')
export class TriageController {
  constructor(private readonly agent: LocalTriageAgent) {}

  /** Judges one alert. */
  @Post()
  @Unaudited('It judges, and keeps nothing.')
  @HttpCode(200)
  @AllowService({ from: ['mssp', 'ada'], onlyReads: true })
  @ApiOkResponse({ type: TriageAnswerDto })
  judge(@InTenant() { tenant }: TenantCaller, @Body() body: TriageRequestDto): Promise<TriageAnswer> {
    return this.assess(tenant, body, '');
  }

  /** Judges up to 100 alerts. */
  @Post('batch')
  @Unaudited('It judges, and keeps nothing.')
  @HttpCode(200)
  @AllowService({ from: ['mssp', 'ada'], onlyReads: true, largestBody: LARGEST_BATCH })
  @ApiOkResponse({ type: TriageBatchAnswerDto })
  async judgeBatch(@InTenant() { tenant }: TenantCaller, @Body() { items }: TriageBatchRequestDto): Promise<{ items: TriageAnswer[] }> {
    return { items: await Promise.all(items.map((item, index) => this.assess(tenant, item, `/items/${index}`))) };
  }

  /** @throws Problem 422 where the alert is another tenant's. */
  private async assess(tenant: TenantId, { alert, context }: TriageRequestDto, place: string): Promise<TriageAnswer> {
    if (alert.tenant_id !== tenant) {
      throw invalid([{ pointer: `${place}/alert/tenant_id`, code: 'other_tenant', detail: 'the tenant that X-Tenant-ID names' }]);
    }
    return { alert_id: alert.alert_id, verdict: await this.agent.assess(tenant, alert, context) };
  }
}
