import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Audited } from '../platform/audit/audited.decorator.js';
import type { ContainmentAction } from '../contracts/containment.js';
import { Allow } from '../platform/auth/allow.decorator.js';
import { InTenant, type TenantCaller } from '../platform/auth/caller.decorator.js';
import type { Page } from '../platform/http/page.js';
import { ActionListQuery, ActionPageDto, ContainmentActionDto, RevertRequestDto } from './containment.dto.js';
import { ContainmentActionsService } from './containment-actions.service.js';

/** Containment actions of a tenant. */
@ApiTags('containment')
@Controller('api/v1/containment/actions')
export class ContainmentActionsController {
  constructor(private readonly actions: ContainmentActionsService) {}

  /** Actions, newest first unless `sort` says otherwise. */
  @Get()
  @Allow('containment:read')
  @ApiOkResponse({ type: ActionPageDto })
  list(@InTenant() caller: TenantCaller, @Query() query: ActionListQuery): Promise<Page<ContainmentAction>> {
    return this.actions.list(caller.tenant, query, query);
  }

  /** One action with what came of it. */
  @Get(':action_id')
  @Allow('containment:read')
  @ApiOkResponse({ type: ContainmentActionDto })
  find(@InTenant() caller: TenantCaller, @Param('action_id') id: string): Promise<ContainmentAction> {
    return this.actions.find(caller.tenant, id);
  }

  /** Begins to undo an action that is in force; the answer has status `reverting`. */
  @Post(':action_id/revert')
  @Audited('tenant', 'containment.reverting')
  @HttpCode(202)
  @Allow('containment:revert', { recentSignIn: true })
  @ApiAcceptedResponse({ type: ContainmentActionDto })
  revert(
    @InTenant() caller: TenantCaller,
    @Param('action_id') id: string,
    @Body() { reason }: RevertRequestDto,
  ): Promise<ContainmentAction> {
    return this.actions.revert(caller, id, reason);
  }
}
