import { Body, Controller, Delete, Get, Headers, HttpCode, Put, Res } from '@nestjs/common';
import { ApiConflictResponse, ApiHeader, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Audited } from '../platform/audit/audited.decorator.js';
import { Allow } from '../platform/auth/allow.decorator.js';
import { InTenant, type TenantCaller } from '../platform/auth/caller.decorator.js';
import { deedOf } from '../platform/auth/deed-of.js';
import { expectedVersion } from '../platform/http/expected-version.js';
import { RuleFiltersBody, RuleFiltersDto } from './rule-filters.dto.js';
import { RuleFiltersService, type ShownFilters } from './rule-filters.service.js';

const ETAG = { ETag: { description: 'The version, for If-Match', schema: { type: 'string', example: '"1"' } } };

/** Sigma filters of the tenant's own: what they hold for is left out of the matches of the rules that they name, for this tenant alone. */
@ApiTags('rules')
@Controller('api/v1/rule-filters')
export class RuleFiltersController {
  constructor(private readonly filters: RuleFiltersService) {}

  /** All filters of the tenant, as they were sent and as they are in force. */
  @Get()
  @Allow('rules:read')
  @ApiOkResponse({ type: RuleFiltersDto, headers: ETAG })
  async get(@InTenant() caller: TenantCaller, @Res({ passthrough: true }) response: Response): Promise<ShownFilters> {
    return tagged(await this.filters.get(caller.tenant), response);
  }

  /** Puts filters in the place of all that the tenant has: they are in force for every event that is sent after the answer. What is wrong is named by its line. */
  @Put()
  @Audited('tenant', 'rule_filters.changed')
  @Allow('rules:write')
  @ApiHeader({ name: 'If-Match', required: false, description: 'The version read' })
  @ApiOkResponse({ type: RuleFiltersDto, headers: ETAG })
  @ApiConflictResponse({ description: 'The filters changed since they were read, or are too many' })
  async put(
    @InTenant() caller: TenantCaller,
    @Body() { document, version }: RuleFiltersBody,
    @Res({ passthrough: true }) response: Response,
    @Headers('if-match') ifMatch?: string,
  ): Promise<ShownFilters> {
    const basedOn = expectedVersion(ifMatch, version);
    return tagged(await this.filters.replace(caller.tenant, document, basedOn, deedOf(caller)), response);
  }

  /** Removes all filters of the tenant: the rules speak again for every event that is sent after the answer. */
  @Delete()
  @Audited('tenant', 'rule_filters.deleted')
  @HttpCode(204)
  @Allow('rules:write')
  @ApiHeader({ name: 'If-Match', required: false, description: 'The version read' })
  @ApiNoContentResponse({ description: 'The tenant has no filters' })
  @ApiConflictResponse({ description: 'The filters changed since they were read' })
  async remove(@InTenant() caller: TenantCaller, @Headers('if-match') ifMatch?: string): Promise<void> {
    await this.filters.remove(caller.tenant, expectedVersion(ifMatch, undefined), deedOf(caller));
  }
}

function tagged(filters: ShownFilters, response: Response): ShownFilters {
  response.setHeader('ETag', `"${filters.version}"`);
  return filters;
}
