import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { AuditLog, PLATFORM_LOG } from '../../platform/audit/audit-log.js';
import { Audited } from '../../platform/audit/audited.decorator.js';
import { AllowPlatform } from '../../platform/auth/allow.decorator.js';
import { AsCaller, type Caller } from '../../platform/auth/caller.decorator.js';
import { deedOf } from '../../platform/auth/deed-of.js';
import { invalid } from '../../platform/problems/problem.js';
import { TenantsFileError } from '../../platform/tenancy/tenants-file.js';
import { TenantsFileSync } from '../../platform/tenancy/tenants-file-sync.js';
import { DataKeysService } from './data-keys.service.js';
import { TenantsReloadDto } from './tenant.dto.js';
import { RewrappedKeysDto } from './tenant-erasure.dto.js';

const FILE = { type: 'tenants_file', id: 'tenants' };

/** Tenants as a whole, for whoever runs the platform. */
@ApiTags('admin')
@Controller('admin')
@AllowPlatform('platform:operate')
export class TenantsAdminController {
  constructor(
    private readonly file: TenantsFileSync,
    private readonly dataKeys: DataKeysService,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Takes the tenants file up again, as happens by itself soon after it was changed. Of each setting the later change holds, by the file or by the API; who is no
   * longer in the file stays, who was deleted stays deleted. A file that is not valid changes nothing, and the answer says where it is wrong.
   */
  @Post('tenants/reload')
  @Audited('platform', 'tenants_file.reloaded')
  @HttpCode(200)
  @ApiOkResponse({ type: TenantsReloadDto })
  async reload(@AsCaller() caller: Caller): Promise<TenantsReloadDto> {
    const { added, changed, unchanged, deleted } = await this.file.reload(deedOf(caller)).catch(refuse);
    const details = { added: added.length, changed: changed.length, unchanged: unchanged.length, deleted: deleted.length };
    await this.audit.append(PLATFORM_LOG, [
      { ...deedOf(caller), action: 'tenants_file.reloaded', target: FILE, outcome: 'success', details },
    ]);
    return { added: [...added], changed: [...changed], unchanged: [...unchanged], deleted: [...deleted] };
  }

  /** Wraps every tenant's data keys with the current key-encryption key, so that older ones can be given up. */
  @Post('data-keys/rewrap')
  @Audited('platform', 'data_keys.rewrapped')
  @HttpCode(200)
  @ApiOkResponse({ type: RewrappedKeysDto })
  async rewrap(@AsCaller() caller: Caller): Promise<RewrappedKeysDto> {
    return { rewrapped: await this.dataKeys.rewrap(caller) };
  }
}

function refuse(error: unknown): never {
  if (error instanceof TenantsFileError) throw invalid(error.faults);
  throw error;
}
