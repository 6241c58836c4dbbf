import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { AllowPlatform } from '../../platform/auth/allow.decorator.js';
import { AsCaller, type Caller } from '../../platform/auth/caller.decorator.js';
import { RewrappedKeysDto } from './tenant-erasure.dto.js';
import { TenantsService } from './tenants.service.js';

/** Tenants as a whole, for whoever runs the platform. */
@ApiTags('admin')
@Controller('admin')
@AllowPlatform('platform:operate')
export class TenantsAdminController {
  constructor(private readonly tenants: TenantsService) {}

  /** Wraps every tenant's data keys with the current key-encryption key, so that older ones can be given up. */
  @Post('data-keys/rewrap')
  @HttpCode(200)
  @ApiOkResponse({ type: RewrappedKeysDto })
  async rewrap(@AsCaller() caller: Caller): Promise<RewrappedKeysDto> {
    return { rewrapped: await this.tenants.rewrapDataKeys(caller) };
  }
}
