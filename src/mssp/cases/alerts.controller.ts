import { Body, Controller, Get, Headers, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Audited } from '../../platform/audit/audited.decorator.js';
import type { Alert } from '../../contracts/alert.js';
import { Allow } from '../../platform/auth/allow.decorator.js';
import { InTenant, type TenantCaller } from '../../platform/auth/caller.decorator.js';
import { expectedVersion } from '../../platform/http/expected-version.js';
import type { Page } from '../../platform/http/page.js';
import { FeedbackBody, FeedbackDto, UpdateAlertBody } from './alert-change.dto.js';
import { AlertListQuery } from './alert-list.dto.js';
import { AlertDto } from '../../platform/contract-dto/alert.dto.js';
import { AlertPageDto, ExplanationDto } from './alert.dto.js';
import { AlertsService } from './alerts.service.js';

/** What detection found and triage judged. */
@ApiTags('alerts')
@Controller('api/v1/alerts')
export class AlertsController {
  constructor(private readonly alerts: AlertsService) {}

  /** Alerts, newest first unless `sort` says otherwise. */
  @Get()
  @Allow('alerts:read')
  @ApiOkResponse({ type: AlertPageDto })
  list(@InTenant() caller: TenantCaller, @Query() query: AlertListQuery): Promise<Page<Alert>> {
    return this.alerts.list(caller.tenant, query);
  }

  /** One alert, with its verdict and the ids of its events. */
  @Get(':alert_id')
  @Allow('alerts:read')
  @ApiOkResponse({ type: AlertDto })
  get(@InTenant() caller: TenantCaller, @Param('alert_id') id: string): Promise<Alert> {
    return this.alerts.get(caller.tenant, id);
  }

  /** Changes an alert's status or whom it is assigned to. */
  @Patch(':alert_id')
  @Audited('tenant', 'alert.updated')
  @Allow('alerts:write')
  @ApiHeader({ name: 'If-Match', required: false, description: 'The version read' })
  @ApiOkResponse({ type: AlertDto })
  update(
    @InTenant() caller: TenantCaller,
    @Param('alert_id') id: string,
    @Body() body: UpdateAlertBody,
    @Headers('if-match') ifMatch?: string,
  ): Promise<Alert> {
    return this.alerts.update(caller, id, body, expectedVersion(ifMatch, body.version));
  }

  /** Says whether an alert was right, so that later alerts of its rule weigh more or less. The last word of each analyst counts. */
  @Post(':alert_id/feedback')
  @Audited('tenant', 'alert.feedback_given')
  @HttpCode(200)
  @Allow('alerts:feedback')
  @ApiOkResponse({ type: FeedbackDto })
  giveFeedback(@InTenant() caller: TenantCaller, @Param('alert_id') id: string, @Body() body: FeedbackBody): Promise<FeedbackDto> {
    return this.alerts.giveFeedback(caller, id, body);
  }

  /** Every contribution to an alert's score, and what would have flipped its verdict. */
  @Get(':alert_id/explanation')
  @Allow('alerts:read')
  @ApiOkResponse({ type: ExplanationDto })
  explain(@InTenant() caller: TenantCaller, @Param('alert_id') id: string): Promise<ExplanationDto> {
    return this.alerts.explain(caller.tenant, id);
  }
}
