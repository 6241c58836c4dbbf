import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Audited } from '../../platform/audit/audited.decorator.js';
import type { TenantId } from '../../contracts/tenant.js';
import {
  ApiKeyPageDto,
  CreateApiKeyBody,
  CreatedApiKeyDto,
  RevokedPrincipalDto,
  RotateApiKeyBody,
  toApiKeyDto,
} from '../../platform/api-keys/api-key.dto.js';
import { ApiKeysService } from '../../platform/api-keys/api-keys.service.js';
import { keyPage, positionOf } from '../../platform/api-keys/key-page.js';
import { AllowPlatform } from '../../platform/auth/allow.decorator.js';
import { AsCaller, type Caller } from '../../platform/auth/caller.decorator.js';
import { PageQuery } from '../../platform/http/page.js';
import { ShownOnce } from '../../platform/idempotency/idempotency.interceptor.js';
import { notFound } from '../../platform/problems/problem.js';
import { tenantInPath } from './tenant-access.js';
import { refuseDeleting, TenantsService } from './tenants.service.js';

/** Names of persons as they stand in keys, and in the tokens of identity providers. */
const PRINCIPAL = /^[!-~]{1,256}$/;

/** API keys of a tenant, for platform-admins and the tenant's own admins. */
@ApiTags('tenants')
@Controller('api/v1/tenants/:tenant_id')
@AllowPlatform('keys:manage')
export class ApiKeysController {
  constructor(
    private readonly keys: ApiKeysService,
    private readonly tenants: TenantsService,
  ) {}

  /** Keys, newest first; never the keys themselves. */
  @Get('api-keys')
  @ApiOkResponse({ type: ApiKeyPageDto })
  async list(@AsCaller() caller: Caller, @Param('tenant_id') id: string, @Query() { limit, cursor }: PageQuery): Promise<ApiKeyPageDto> {
    return keyPage(await this.keys.list(await this.owner(caller, id), limit, positionOf(cursor)), limit);
  }

  /** Makes a key and shows it, once. */
  @Post('api-keys')
  @Audited(['platform', 'tenant'], 'api_key.created')
  @ShownOnce()
  @ApiCreatedResponse({ type: CreatedApiKeyDto })
  async create(@AsCaller() caller: Caller, @Param('tenant_id') id: string, @Body() body: CreateApiKeyBody): Promise<CreatedApiKeyDto> {
    const { text, stored } = await this.keys.create(caller, await this.lastingOwner(caller, id), body, body.roles);
    return { ...toApiKeyDto(stored), api_key: text };
  }

  /** Makes a key like this one and shows it, once; this one ends after the overlap. */
  @Post('api-keys/:key_id/rotate')
  @Audited(['platform', 'tenant'], 'api_key.rotated', 'api_key.created')
  @ShownOnce()
  @ApiCreatedResponse({ type: CreatedApiKeyDto })
  async rotate(
    @AsCaller() caller: Caller,
    @Param('tenant_id') id: string,
    @Param('key_id') keyId: string,
    @Body() body: RotateApiKeyBody,
  ): Promise<CreatedApiKeyDto> {
    const { text, stored } = await this.keys.rotate(caller, await this.lastingOwner(caller, id), keyId, body.overlap_seconds);
    return { ...toApiKeyDto(stored), api_key: text };
  }

  /** Revokes a key at once, on every instance. */
  @Delete('api-keys/:key_id')
  @Audited(['platform', 'tenant'], 'api_key.revoked')
  @HttpCode(204)
  @ApiNoContentResponse()
  async revoke(@AsCaller() caller: Caller, @Param('tenant_id') id: string, @Param('key_id') keyId: string): Promise<void> {
    await this.keys.revoke(caller, await this.owner(caller, id), keyId);
  }

  /** Revokes all keys of a person or program and every token issued to it until now, on every instance. */
  @Post('principals/:principal/revoke')
  @Audited(['platform', 'tenant'], 'principal.revoked')
  @HttpCode(200)
  @ApiOkResponse({ type: RevokedPrincipalDto })
  async revokePrincipal(
    @AsCaller() caller: Caller,
    @Param('tenant_id') id: string,
    @Param('principal') principal: string,
  ): Promise<RevokedPrincipalDto> {
    const owner = await this.owner(caller, id);
    if (!PRINCIPAL.test(principal)) throw notFound();
    return this.keys.revokePrincipal(caller, owner, principal);
  }

  /** @throws Problem 404, 409 for a tenant that is being deleted */
  private async lastingOwner(caller: Caller, id: string): Promise<TenantId> {
    const owner = await this.owner(caller, id);
    refuseDeleting(await this.tenants.get(owner));
    return owner;
  }

  /** @throws Problem 404 */
  private async owner(caller: Caller, id: string): Promise<TenantId> {
    const { tenant_id: tenant } = await this.tenants.get(tenantInPath(caller, id, 'keys:manage'));
    return tenant;
  }
}
