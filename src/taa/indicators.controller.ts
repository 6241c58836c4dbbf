import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiConflictResponse, ApiNoContentResponse, ApiNotFoundResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Audited } from '../platform/audit/audited.decorator.js';
import { Allow } from '../platform/auth/allow.decorator.js';
import { InTenant, type TenantCaller } from '../platform/auth/caller.decorator.js';
import { deedOf } from '../platform/auth/deed-of.js';
import { decodeCursor, toPage, type Page } from '../platform/http/page.js';
import type { IndicatorFilter } from './domain/indicator-store.js';
import { canonicalValue } from './domain/indicator-value.js';
import { ImportResultDto, IndicatorDto, IndicatorPage, IndicatorQuery, StixBundleDto } from './indicators.dto.js';
import { IndicatorsService, type ImportResult, type ShownIndicator } from './indicators.service.js';

/** What the tenant's alerts are compared with: indicators of compromise. */
@ApiTags('intel')
@Controller('api/v1/intel/indicators')
export class IndicatorsController {
  constructor(private readonly indicators: IndicatorsService) {}

  /** Indicators of the tenant, its own and those of feeds, ordered by id. */
  @Get()
  @Allow('intel:read')
  @ApiOkResponse({ type: IndicatorPage })
  async list(@InTenant() caller: TenantCaller, @Query() query: IndicatorQuery): Promise<Page<ShownIndicator>> {
    const [after = ''] = query.cursor === undefined ? [] : decodeCursor(query.cursor, ['string']);
    const found = await this.indicators.list(caller.tenant, filterOf(query), String(after), query.limit);
    return toPage(found, query.limit, ({ indicator_id }) => [indicator_id]);
  }

  /** One indicator. */
  @Get(':indicator_id')
  @Allow('intel:read')
  @ApiOkResponse({ type: IndicatorDto })
  @ApiNotFoundResponse({ description: 'No such indicator' })
  async find(@InTenant() caller: TenantCaller, @Param('indicator_id') id: string): Promise<ShownIndicator> {
    return this.indicators.find(caller.tenant, id);
  }

  /** Takes the indicators of a STIX 2.1 bundle. Those that cannot be used are listed in the answer with the reason. */
  @Post()
  @Audited('tenant', 'indicators.changed')
  @HttpCode(200)
  @Allow('intel:write')
  @ApiOkResponse({ type: ImportResultDto })
  async import(@InTenant() caller: TenantCaller, @Body() bundle: StixBundleDto): Promise<ImportResult> {
    return this.indicators.import(caller.tenant, bundle.objects, deedOf(caller));
  }

  /** Removes an indicator that was sent to this API. */
  @Delete(':indicator_id')
  @Audited('tenant', 'indicator.deleted')
  @HttpCode(204)
  @Allow('intel:write')
  @ApiNoContentResponse({ description: 'The indicator is gone' })
  @ApiNotFoundResponse({ description: 'No such indicator' })
  @ApiConflictResponse({ description: 'The indicator comes from a feed' })
  async remove(@InTenant() caller: TenantCaller, @Param('indicator_id') id: string): Promise<void> {
    await this.indicators.remove(caller.tenant, id, deedOf(caller));
  }
}

function filterOf({ type, value, source }: IndicatorQuery): IndicatorFilter {
  return {
    ...(type === undefined ? {} : { types: type }),
    ...(value === undefined ? {} : { value: canonicalValue(value) }),
    ...(source === undefined ? {} : { sources: source }),
  };
}
