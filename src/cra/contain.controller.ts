import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiConflictResponse, ApiNotFoundResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Audited } from '../platform/audit/audited.decorator.js';
import type { ContainmentPlan } from '../contracts/containment.js';
import { IncidentReader } from '../contracts/incident-reader.js';
import { AuditLog } from '../platform/audit/audit-log.js';
import { AllowService } from '../platform/auth/allow.decorator.js';
import { InTenant, type TenantCaller } from '../platform/auth/caller.decorator.js';
import { deedOf } from '../platform/auth/deed-of.js';
import { notFound, Problem } from '../platform/problems/problem.js';
import { ContainmentPlanDto, ContainRequestDto } from './contain.dto.js';
import { LocalContainmentAgent } from './local-containment-agent.js';

/** CRA for other services. A service may ask for containment; whether something runs is decided by playbook, risk and people, as ever. */
@ApiTags('between services')
@Controller('api/v1/contain')
export class ContainController {
  constructor(
    private readonly agent: LocalContainmentAgent,
    private readonly incidents: IncidentReader,
    private readonly audit: AuditLog,
  ) {}

  /** Plans containment of an incident. Asking again adds nothing. */
  @Post()
  @Audited('tenant', 'containment.asked')
  @HttpCode(200)
  @AllowService({ from: ['mssp', 'taa'] })
  @ApiOkResponse({ type: ContainmentPlanDto })
  @ApiNotFoundResponse({ description: 'No such incident' })
  @ApiConflictResponse({ description: 'The incident is closed or merged into another' })
  async contain(@InTenant() caller: TenantCaller, @Body() { incident_id }: ContainRequestDto): Promise<ContainmentPlan> {
    const incident = await this.incidents.find(caller.tenant, incident_id);
    if (!incident) throw notFound();
    if (incident.status === 'closed' || incident.status === 'merged') {
      throw new Problem('conflict', `The incident is ${incident.status}.`, { members: { merged_into: incident.merged_into } });
    }
    const target = { type: 'incident', id: incident_id };
    await this.audit.append(caller.tenant, [{ ...deedOf(caller), action: 'containment.asked', target, outcome: 'success', incident_id }]);
    return this.agent.respond(caller.tenant, incident);
  }
}
