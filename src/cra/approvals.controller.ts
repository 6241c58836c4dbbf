import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Audited } from '../platform/audit/audited.decorator.js';
import { Allow } from '../platform/auth/allow.decorator.js';
import { InTenant, type TenantCaller } from '../platform/auth/caller.decorator.js';
import type { Page } from '../platform/http/page.js';
import { ApprovalDto, ApprovalListQuery, ApprovalPageDto, ApproveDto, RejectDto } from './approvals.dto.js';
import { ApprovalsService } from './approvals.service.js';
import type { Approval } from './domain/approval.js';

/** Decisions of people on containment actions that wait for one. */
@ApiTags('approvals')
@Controller('api/v1/approvals')
export class ApprovalsController {
  constructor(private readonly approvals: ApprovalsService) {}

  /** Approvals: those that wait in the order they expire where `status` asks for them alone, others newest first, unless `sort` says otherwise. */
  @Get()
  @Allow('approvals:read')
  @ApiOkResponse({ type: ApprovalPageDto })
  list(@InTenant() caller: TenantCaller, @Query() query: ApprovalListQuery): Promise<Page<Approval>> {
    return this.approvals.list(caller.tenant, query);
  }

  /** One approval with the whole action that it is about. */
  @Get(':approval_id')
  @Allow('approvals:read')
  @ApiOkResponse({ type: ApprovalDto })
  find(@InTenant() caller: TenantCaller, @Param('approval_id') id: string): Promise<Approval> {
    return this.approvals.find(caller.tenant, id);
  }

  /** Approves the action whose digest is sent; it runs once, when as many people have approved as have to; until then `containment.approval_given` is recorded. Whoever requested it cannot. */
  @Post(':approval_id/approve')
  @Audited('tenant', 'containment.approved')
  @HttpCode(200)
  @Allow('approvals:decide', { recentSignIn: true })
  @ApiOkResponse({ type: ApprovalDto })
  approve(@InTenant() caller: TenantCaller, @Param('approval_id') id: string, @Body() body: ApproveDto): Promise<Approval> {
    return this.approvals.approve(caller, id, body);
  }

  /** Turns the action down; nothing is done but writing that down. */
  @Post(':approval_id/reject')
  @Audited('tenant', 'containment.rejected')
  @HttpCode(200)
  @Allow('approvals:decide', { recentSignIn: true })
  @ApiOkResponse({ type: ApprovalDto })
  reject(@InTenant() caller: TenantCaller, @Param('approval_id') id: string, @Body() body: RejectDto): Promise<Approval> {
    return this.approvals.reject(caller, id, body);
  }
}
