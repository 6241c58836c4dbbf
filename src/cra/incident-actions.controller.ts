import { Body, Controller, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiTags } from '@nestjs/swagger';
import { AuditedAsOneOf } from '../platform/audit/audited.decorator.js';
import type { ContainmentAction } from '../contracts/containment.js';
import { Allow } from '../platform/auth/allow.decorator.js';
import { InTenant, type TenantCaller } from '../platform/auth/caller.decorator.js';
import { ActionRequestsService } from './action-requests.service.js';
import { ActionRequestDto, ContainmentActionDto } from './containment.dto.js';

/** Actions that people ask for on an incident. */
@ApiTags('containment')
@Controller('api/v1/incidents/:incident_id/actions')
export class IncidentActionsController {
  constructor(private readonly requests: ActionRequestsService) {}

  /** Asks for a containment action. Low risk runs at once; the rest needs a sign-in of the last 15 minutes and waits for another person's approval. */
  @Post()
  @AuditedAsOneOf('tenant', 'containment.planned', 'containment.pending')
  @Allow('containment:request')
  @ApiCreatedResponse({ type: ContainmentActionDto })
  request(@InTenant() caller: TenantCaller, @Param('incident_id') id: string, @Body() body: ActionRequestDto): Promise<ContainmentAction> {
    return this.requests.request(caller, id, body);
  }
}
