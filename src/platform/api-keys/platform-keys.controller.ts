import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Audited } from '../audit/audited.decorator.js';
import { AllowPlatform } from '../auth/allow.decorator.js';
import { AsCaller, type Caller } from '../auth/caller.decorator.js';
import { PageQuery } from '../http/page.js';
import { ShownOnce } from '../idempotency/idempotency.interceptor.js';
import { ApiKeyPageDto, CreatedApiKeyDto, CreatePlatformKeyBody, RotateApiKeyBody, toApiKeyDto } from './api-key.dto.js';
import { ApiKeysService } from './api-keys.service.js';
import { keyPage, positionOf } from './key-page.js';

/** API keys of the platform itself: those of its operators and of programs that watch over it. */
@ApiTags('admin')
@Controller('admin/api-keys')
@AllowPlatform('platform:operate')
export class PlatformKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  /** Keys, newest first; never the keys themselves. */
  @Get()
  @ApiOkResponse({ type: ApiKeyPageDto })
  async list(@Query() { limit, cursor }: PageQuery): Promise<ApiKeyPageDto> {
    return keyPage(await this.keys.list(null, limit, positionOf(cursor)), limit);
  }

  /** Makes a key of a platform-admin, or with `scopes` one that may do less, and shows it, once. */
  @Post()
  @Audited('platform', 'api_key.created')
  @ShownOnce()
  @ApiCreatedResponse({ type: CreatedApiKeyDto })
  async create(@AsCaller() caller: Caller, @Body() body: CreatePlatformKeyBody): Promise<CreatedApiKeyDto> {
    const { text, stored } = await this.keys.create(caller, null, body, ['platform-admin']);
    return { ...toApiKeyDto(stored), api_key: text };
  }

  /** Makes a key like this one and shows it, once; this one ends after the overlap. */
  @Post(':key_id/rotate')
  @Audited('platform', 'api_key.rotated', 'api_key.created')
  @ShownOnce()
  @ApiCreatedResponse({ type: CreatedApiKeyDto })
  async rotate(@AsCaller() caller: Caller, @Param('key_id') keyId: string, @Body() body: RotateApiKeyBody): Promise<CreatedApiKeyDto> {
    const { text, stored } = await this.keys.rotate(caller, null, keyId, body.overlap_seconds);
    return { ...toApiKeyDto(stored), api_key: text };
  }

  /** Revokes a key at once, on every instance. */
  @Delete(':key_id')
  @Audited('platform', 'api_key.revoked')
  @HttpCode(204)
  @ApiNoContentResponse()
  async revoke(@AsCaller() caller: Caller, @Param('key_id') keyId: string): Promise<void> {
    await this.keys.revoke(caller, null, keyId);
  }
}
