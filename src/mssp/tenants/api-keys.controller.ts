import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { AllowPlatform } from '../../platform/auth/allow.decorator.js';
import { AsCaller, type Caller } from '../../platform/auth/caller.decorator.js';
import { decodeCursor, PageQuery, toPage } from '../../platform/http/page.js';
import { ShownOnce } from '../../platform/idempotency/idempotency.interceptor.js';
import { ApiKeyPageDto, CreateApiKeyBody, CreatedApiKeyDto, toApiKeyDto } from './api-key.dto.js';
import { ApiKeysService } from './api-keys.service.js';
import { tenantInPath } from './tenant-access.js';

/** API keys of a tenant, for platform-admins and the tenant's own admins. */
@ApiTags('tenants')
@Controller('api/v1/tenants/:tenant_id/api-keys')
@AllowPlatform('keys:manage')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  /** Keys, newest first; never the keys themselves. */
  @Get()
  @ApiOkResponse({ type: ApiKeyPageDto })
  async list(@AsCaller() caller: Caller, @Param('tenant_id') id: string, @Query() { limit, cursor }: PageQuery): Promise<ApiKeyPageDto> {
    const tenant = tenantInPath(caller, id, 'keys:manage');
    const [before] = cursor === undefined ? [undefined] : decodeCursor(cursor, ['string']);
    const keys = await this.keys.list(tenant, limit, before === undefined ? undefined : String(before));
    const page = toPage(keys, limit, (key) => [key.created_at + key.key_id]);
    return { items: page.items.map(toApiKeyDto), next_cursor: page.next_cursor };
  }

  /** Makes a key and shows it, once. */
  @Post()
  @ShownOnce()
  @ApiCreatedResponse({ type: CreatedApiKeyDto })
  async create(@AsCaller() caller: Caller, @Param('tenant_id') id: string, @Body() body: CreateApiKeyBody): Promise<CreatedApiKeyDto> {
    const { text, stored } = await this.keys.create(caller, tenantInPath(caller, id, 'keys:manage'), body);
    return { ...toApiKeyDto(stored), api_key: text };
  }

  /** Revokes a key at once. */
  @Delete(':key_id')
  @HttpCode(204)
  @ApiNoContentResponse()
  async revoke(@AsCaller() caller: Caller, @Param('tenant_id') id: string, @Param('key_id') keyId: string): Promise<void> {
    await this.keys.revoke(caller, tenantInPath(caller, id, 'keys:manage'), keyId);
  }
}
