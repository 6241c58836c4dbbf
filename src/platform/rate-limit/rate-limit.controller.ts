import { Controller, Get, Query } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Allow } from '../auth/allow.decorator.js';
import { InTenant, type TenantCaller } from '../auth/caller.decorator.js';
import { notFound } from '../problems/problem.js';
import { IngestLimiter, type IngestDecision } from './ingest-limiter.js';
import { RateLimitStatusDto, RateLimitStatusQuery, type RateLimitPolicyDto } from './rate-limit.dto.js';
import { SECOND_MICROS } from './rate-policy.js';

/** What a tenant may still send. */
@ApiTags('events')
@Controller('api/v1/rate-limit')
export class RateLimitController {
  constructor(private readonly limiter: IngestLimiter) {}

  /** The tenant's limits and what is left of them; asking costs nothing. */
  @Get('status')
  @Allow('rate-limit:read')
  @ApiOkResponse({ type: RateLimitStatusDto })
  @ApiNotFoundResponse({ description: 'Another tenant, or none.' })
  async status(@InTenant() { tenant }: TenantCaller, @Query() query: RateLimitStatusQuery): Promise<RateLimitStatusDto> {
    const state = query.tenant_id === undefined || query.tenant_id === tenant ? await this.limiter.look(tenant) : undefined;
    if (!state) throw notFound();
    return { tenant_id: tenant, limits: [toPolicyDto(state)] };
  }
}

/** One limit as it is shown. */
export function toPolicyDto({ policy, remaining, resetMicros }: IngestDecision): RateLimitPolicyDto {
  const { name, burst, count, periodMicros } = policy;
  const rate = (count * SECOND_MICROS) / periodMicros;
  return { policy: name, rate, burst, remaining, reset_seconds: Math.ceil(resetMicros / SECOND_MICROS) };
}
