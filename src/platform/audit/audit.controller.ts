import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Allow } from '../auth/allow.decorator.js';
import { InTenant, type TenantCaller } from '../auth/caller.decorator.js';
import { auditPage } from './audit-page.js';
import { AuditListQuery, AuditPageDto } from './audit.dto.js';
import { AuditLog } from './audit-log.js';

/** A tenant's audit log. Nothing here or anywhere else changes it. */
@ApiTags('audit')
@Controller('api/v1/audit')
export class AuditController {
  constructor(private readonly audit: AuditLog) {}

  /** Records in the order they were written, or the latest first with `sort=-index`. */
  @Get()
  @Allow('audit:read')
  @ApiOkResponse({ type: AuditPageDto })
  list(@InTenant() { tenant }: TenantCaller, @Query() query: AuditListQuery): Promise<AuditPageDto> {
    return auditPage(this.audit, tenant, query);
  }
}
