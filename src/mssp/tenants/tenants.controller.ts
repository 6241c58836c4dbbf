import { Body, Controller, Get, Headers, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { AllowPlatform } from '../../platform/auth/allow.decorator.js';
import { AsCaller, type Caller } from '../../platform/auth/caller.decorator.js';
import { expectedVersion } from '../../platform/http/expected-version.js';
import { decodeCursor, PageQuery, toPage } from '../../platform/http/page.js';
import type { Tenant } from '../../platform/tenancy/tenant.js';
import { tenantInPath } from './tenant-access.js';
import { CreateTenantBody, TenantDto, TenantPageDto, UpdateTenantBody } from './tenant.dto.js';
import { TenantsService } from './tenants.service.js';

/** Tenants, for the platform's operators. */
@ApiTags('tenants')
@Controller('api/v1/tenants')
@AllowPlatform('tenants:manage')
export class TenantsController {
  constructor(private readonly tenants: TenantsService) {}

  /** All tenants, by id. */
  @Get()
  @ApiOkResponse({ type: TenantPageDto })
  async list(@Query() { limit, cursor }: PageQuery): Promise<{ items: readonly Tenant[]; next_cursor: string | null }> {
    const [after] = cursor === undefined ? [''] : decodeCursor(cursor, ['string']);
    const tenants = (await this.tenants.list()).filter((tenant) => tenant.tenant_id > String(after));
    return toPage(tenants.slice(0, limit + 1), limit, (tenant) => [tenant.tenant_id]);
  }

  /** Adds a tenant. Its first API key is made by `POST /api/v1/tenants/{id}/api-keys`. */
  @Post()
  @ApiCreatedResponse({ type: TenantDto })
  create(@AsCaller() caller: Caller, @Body() body: CreateTenantBody): Promise<Tenant> {
    return this.tenants.create(caller, body);
  }

  /** One tenant. */
  @Get(':tenant_id')
  @ApiOkResponse({ type: TenantDto })
  get(@AsCaller() caller: Caller, @Param('tenant_id') id: string): Promise<Tenant> {
    return this.tenants.get(tenantInPath(caller, id, 'tenants:manage'));
  }

  /** Changes a tenant's settings. */
  @Patch(':tenant_id')
  @ApiHeader({ name: 'If-Match', required: false, description: 'The version read' })
  @ApiOkResponse({ type: TenantDto })
  update(
    @AsCaller() caller: Caller,
    @Param('tenant_id') id: string,
    @Body() body: UpdateTenantBody,
    @Headers('if-match') ifMatch?: string,
  ): Promise<Tenant> {
    return this.tenants.update(caller, tenantInPath(caller, id, 'tenants:manage'), body, expectedVersion(ifMatch, body.version));
  }

  /** Refuses all of a tenant's credentials from now on, and holds its queued work; its data stays. */
  @Post(':tenant_id/suspend')
  @HttpCode(200)
  @ApiOkResponse({ type: TenantDto })
  suspend(@AsCaller() caller: Caller, @Param('tenant_id') id: string): Promise<Tenant> {
    return this.tenants.suspend(caller, tenantInPath(caller, id, 'tenants:manage'));
  }

  /** Takes a suspended tenant's credentials again, and goes on with its work. */
  @Post(':tenant_id/resume')
  @HttpCode(200)
  @ApiOkResponse({ type: TenantDto })
  resume(@AsCaller() caller: Caller, @Param('tenant_id') id: string): Promise<Tenant> {
    return this.tenants.resume(caller, tenantInPath(caller, id, 'tenants:manage'));
  }
}
