import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Audited } from '../../platform/audit/audited.decorator.js';
import { AllowPlatform } from '../../platform/auth/allow.decorator.js';
import { AsCaller, type Caller } from '../../platform/auth/caller.decorator.js';
import { expectedVersion } from '../../platform/http/expected-version.js';
import { decodeCursor, PageQuery, toPage } from '../../platform/http/page.js';
import type { Tenant } from '../../platform/tenancy/tenant.js';
import { DataKeysService } from './data-keys.service.js';
import { tenantInPath } from './tenant-access.js';
import { CreateTenantBody, UpdateTenantBody } from './tenant-body.dto.js';
import { TenantDto, TenantPageDto } from './tenant.dto.js';
import { DataKeyDto, DeleteTenantQuery, ErasureDto } from './tenant-erasure.dto.js';
import { TenantRemovalService } from './tenant-removal.service.js';
import { TenantsService } from './tenants.service.js';

/** Tenants, for the platform's operators. */
@ApiTags('tenants')
@Controller('api/v1/tenants')
@AllowPlatform('tenants:manage')
export class TenantsController {
  constructor(
    private readonly tenants: TenantsService,
    private readonly dataKeys: DataKeysService,
    private readonly removal: TenantRemovalService,
  ) {}

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
  @Audited('platform', 'tenant.created')
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
  @Audited('platform', 'tenant.updated')
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

  /**
   * Deletes a tenant: refuses all of its credentials at once, then destroys its keys and removes everything that is stored of it. Ask
   * `GET /api/v1/tenants/{tenant_id}/erasure` for what was removed.
   */
  @Delete(':tenant_id')
  @Audited('platform', 'tenant.deleting')
  @HttpCode(202)
  @ApiHeader({ name: 'If-Match', required: true, description: 'The version read' })
  @ApiAcceptedResponse({ type: ErasureDto })
  async remove(
    @AsCaller() caller: Caller,
    @Param('tenant_id') id: string,
    @Query() { confirm }: DeleteTenantQuery,
    @Headers('if-match') ifMatch?: string,
  ): Promise<ErasureDto> {
    return this.removal.remove(caller, tenantInPath(caller, id, 'tenants:manage'), expectedVersion(ifMatch, undefined), confirm);
  }

  /** How far the latest deletion of a tenant with this id is; when it is done, what was removed, and that nothing was found afterwards. */
  @Get(':tenant_id/erasure')
  @ApiOkResponse({ type: ErasureDto })
  async erasure(@AsCaller() caller: Caller, @Param('tenant_id') id: string): Promise<ErasureDto> {
    return this.removal.erasure(tenantInPath(caller, id, 'tenants:manage'));
  }

  /** Makes a new data key: what the tenant stores from now on is encrypted with it, and what is stored stays readable. */
  @Post(':tenant_id/data-key')
  @Audited('platform', 'data_key.created')
  @ApiCreatedResponse({ type: DataKeyDto })
  async changeDataKey(@AsCaller() caller: Caller, @Param('tenant_id') id: string): Promise<DataKeyDto> {
    const tenant = tenantInPath(caller, id, 'tenants:manage');
    return { tenant_id: tenant, number: await this.dataKeys.change(caller, tenant) };
  }

  /** Refuses all of a tenant's credentials from now on, and holds its queued work; its data stays. */
  @Post(':tenant_id/suspend')
  @Audited('platform', 'tenant.suspended')
  @HttpCode(200)
  @ApiOkResponse({ type: TenantDto })
  suspend(@AsCaller() caller: Caller, @Param('tenant_id') id: string): Promise<Tenant> {
    return this.tenants.suspend(caller, tenantInPath(caller, id, 'tenants:manage'));
  }

  /** Takes a suspended tenant's credentials again, and goes on with its work. */
  @Post(':tenant_id/resume')
  @Audited('platform', 'tenant.resumed')
  @HttpCode(200)
  @ApiOkResponse({ type: TenantDto })
  resume(@AsCaller() caller: Caller, @Param('tenant_id') id: string): Promise<Tenant> {
    return this.tenants.resume(caller, tenantInPath(caller, id, 'tenants:manage'));
  }
}
