import { Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Audited } from '../audit/audited.decorator.js';
import { isTenantId, type TenantId } from '../../contracts/tenant.js';
import { AuditLog, PLATFORM_LOG } from '../audit/audit-log.js';
import type { AuditEntry } from '../audit/audit-record.js';
import { AllowPlatform } from '../auth/allow.decorator.js';
import { AsCaller, type Caller } from '../auth/caller.decorator.js';
import { deedOf } from '../auth/deed-of.js';
import { decodeCursor, PageQuery, toPage } from '../http/page.js';
import { notFound } from '../problems/problem.js';
import { TenantDirectory } from '../tenancy/tenant-directory.js';
import { IngestLimiter } from './ingest-limiter.js';
import { RateLimitResetQuery, RateLimitStatusDto, RateLimitStatusPageDto } from './rate-limit.dto.js';
import { RateLimits } from './rate-limits.js';
import { TenantLimits } from './tenant-limits.js';

/** Limits of all tenants, for the platform's operators. */
@ApiTags('operations')
@Controller('admin/rate-limit')
@AllowPlatform('platform:operate')
export class RateLimitAdminController {
  constructor(
    private readonly limits: RateLimits,
    private readonly ingest: IngestLimiter,
    private readonly states: TenantLimits,
    private readonly tenants: TenantDirectory,
    private readonly audit: AuditLog,
  ) {}

  /** Every tenant's limits and what is left of them, by tenant id, and who decides on them at present. */
  @Get('status')
  @ApiOkResponse({ type: RateLimitStatusPageDto })
  async status(@Query() { limit, cursor }: PageQuery): Promise<RateLimitStatusPageDto> {
    const [after] = cursor === undefined ? [''] : decodeCursor(cursor, ['string']);
    const tenants = (await this.tenants.list()).filter(({ tenant_id }) => tenant_id > String(after));
    const { items, next_cursor } = toPage(tenants.slice(0, limit + 1), limit, ({ tenant_id }) => [tenant_id]);
    const states = await Promise.all(items.map(({ tenant_id }) => this.states.of(tenant_id)));
    return { backend: this.limits.backend, items: states.filter((state) => state !== undefined), next_cursor };
  }

  /** Fills a tenant's bucket of events again. Answers how the limits stand then. */
  @Post('reset')
  @Audited('platform', 'rate_limit.reset')
  @HttpCode(200)
  @ApiOkResponse({ type: RateLimitStatusDto })
  @ApiNotFoundResponse({ description: 'No such tenant.' })
  async reset(@AsCaller() caller: Caller, @Query() { tenant_id: id }: RateLimitResetQuery): Promise<RateLimitStatusDto> {
    if (!isTenantId(id) || !(await this.tenants.find(id))) throw notFound();
    await this.audit.append(PLATFORM_LOG, [resetEntry(caller, id, 'success')]);
    try {
      await this.ingest.reset(id);
    } catch (error) {
      await this.audit.append(PLATFORM_LOG, [resetEntry(caller, id, 'failure')]);
      throw error;
    }
    const state = await this.states.of(id);
    if (!state) throw notFound();
    return state;
  }
}

function resetEntry(caller: Caller, tenant: TenantId, outcome: AuditEntry['outcome']): AuditEntry {
  return { ...deedOf(caller), action: 'rate_limit.reset', target: { type: 'tenant', id: tenant }, outcome };
}
