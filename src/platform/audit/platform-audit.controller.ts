import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { AllowPlatform } from '../auth/allow.decorator.js';
import { auditPage } from './audit-page.js';
import { AuditListQuery, AuditPageDto } from './audit.dto.js';
import { AuditLog, PLATFORM_LOG } from './audit-log.js';

/** The platform's own audit log: tenants, keys, revocations, and refusals that no tenant is known of. */
@ApiTags('admin')
@Controller('admin/audit')
export class PlatformAuditController {
  constructor(private readonly audit: AuditLog) {}

  /** Records in the order they were written, or the latest first with `sort=-index`. */
  @Get()
  @AllowPlatform('platform:audit')
  @ApiOkResponse({ type: AuditPageDto })
  list(@Query() query: AuditListQuery): Promise<AuditPageDto> {
    return auditPage(this.audit, PLATFORM_LOG, query);
  }
}
