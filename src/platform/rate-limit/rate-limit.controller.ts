import { Controller, Get, Query } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Allow } from '../auth/allow.decorator.js';
import { InTenant, type TenantCaller } from '../auth/caller.decorator.js';
import { notFound } from '../problems/problem.js';
import { RateLimitStatusDto, RateLimitStatusQuery } from './rate-limit.dto.js';
import { TenantLimits } from './tenant-limits.js';

/** What a tenant may still send. */
@ApiTags('events')
@Controller('api/v1/rate-limit')
export class RateLimitController {
  constructor(private readonly limits: TenantLimits) {}

  /** The tenant's limits and what is left of them; asking costs nothing. */
  @Get('status')
  @Allow('rate-limit:read')
  @ApiOkResponse({ type: RateLimitStatusDto })
  @ApiNotFoundResponse({ description: 'Another tenant, or none.' })
  async status(@InTenant() { tenant }: TenantCaller, @Query() query: RateLimitStatusQuery): Promise<RateLimitStatusDto> {
    const state = query.tenant_id === undefined || query.tenant_id === tenant ? await this.limits.of(tenant) : undefined;
    if (!state) throw notFound();
    return state;
  }
}
