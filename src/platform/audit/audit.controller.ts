import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Allow } from '../auth/allow.decorator.js';
import { InTenant, type TenantCaller } from '../auth/caller.decorator.js';
import { decodeCursor, toPage } from '../http/page.js';
import { sortOf } from '../http/sort.js';
import { timeBounds } from '../http/time-bounds.js';
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
  async list(@InTenant() { tenant }: TenantCaller, @Query() query: AuditListQuery): Promise<AuditPageDto> {
    const { cursor, limit, from, to, sort, ...filters } = query;
    const records = await this.audit.list(tenant, {
      ...filters,
      ...timeBounds(from, to),
      ...(cursor === undefined ? {} : { after: Number(decodeCursor(cursor, ['number'])[0]) }),
      descending: sortOf(sort).descending,
      limit: limit + 1,
    });
    const page = toPage(records, limit, (record) => [record.index]);
    return { items: page.items.map((record) => ({ ...record, details: { ...record.details } })), next_cursor: page.next_cursor };
  }
}
