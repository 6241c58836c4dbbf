import { Body, Controller, Get, Headers, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Audited } from '../../platform/audit/audited.decorator.js';
import type { Incident } from '../../contracts/incident.js';
import { Allow } from '../../platform/auth/allow.decorator.js';
import { InTenant, type TenantCaller } from '../../platform/auth/caller.decorator.js';
import { expectedVersion } from '../../platform/http/expected-version.js';
import { PageQuery, type Page } from '../../platform/http/page.js';
import { MergeIncidentsBody, UpdateIncidentBody } from './incident-change.dto.js';
import { IncidentListQuery } from './incident-list.dto.js';
import { IncidentTimelineService } from './incident-timeline.service.js';
import { IncidentDto, IncidentPageDto, TimelinePageDto } from './incident.dto.js';
import { IncidentsService } from './incidents.service.js';

/** Alerts that belong together, as one story. */
@ApiTags('incidents')
@Controller('api/v1/incidents')
export class IncidentsController {
  constructor(
    private readonly incidents: IncidentsService,
    private readonly timeline: IncidentTimelineService,
  ) {}

  /** Incidents, newest first unless `sort` says otherwise. */
  @Get()
  @Allow('incidents:read')
  @ApiOkResponse({ type: IncidentPageDto })
  list(@InTenant() caller: TenantCaller, @Query() query: IncidentListQuery): Promise<Page<Incident>> {
    return this.incidents.list(caller.tenant, query);
  }

  /** One incident. */
  @Get(':incident_id')
  @Allow('incidents:read')
  @ApiOkResponse({ type: IncidentDto })
  get(@InTenant() caller: TenantCaller, @Param('incident_id') id: string): Promise<Incident> {
    return this.incidents.get(caller.tenant, id);
  }

  /** What happened, oldest first: alerts by event time, and the steps taken. */
  @Get(':incident_id/timeline')
  @Allow('incidents:read')
  @ApiOkResponse({ type: TimelinePageDto })
  async tell(
    @InTenant() caller: TenantCaller,
    @Param('incident_id') id: string,
    @Query() { limit, cursor }: PageQuery,
  ): Promise<TimelinePageDto> {
    return this.timeline.page(caller.tenant, await this.incidents.get(caller.tenant, id), limit, cursor);
  }

  /** Changes an incident's status or whom it is assigned to. */
  @Patch(':incident_id')
  @Audited('tenant', 'incident.updated')
  @Allow('incidents:write')
  @ApiHeader({ name: 'If-Match', required: false, description: 'The version read' })
  @ApiOkResponse({ type: IncidentDto })
  update(
    @InTenant() caller: TenantCaller,
    @Param('incident_id') id: string,
    @Body() body: UpdateIncidentBody,
    @Headers('if-match') ifMatch?: string,
  ): Promise<Incident> {
    return this.incidents.update(caller, id, body, expectedVersion(ifMatch, body.version));
  }

  /** Merges others into this incident; their alerts move here. */
  @Post(':incident_id/merge')
  @Audited('tenant', 'incident.merged')
  @HttpCode(200)
  @Allow('incidents:write')
  @ApiHeader({ name: 'If-Match', required: false, description: 'The version read' })
  @ApiOkResponse({ type: IncidentDto })
  merge(
    @InTenant() caller: TenantCaller,
    @Param('incident_id') id: string,
    @Body() body: MergeIncidentsBody,
    @Headers('if-match') ifMatch?: string,
  ): Promise<Incident> {
    return this.incidents.merge(caller, id, body, expectedVersion(ifMatch, body.version));
  }
}
