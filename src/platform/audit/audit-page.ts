import { decodeCursor, toPage } from '../http/page.js';
import { sortOf } from '../http/sort.js';
import { timeBounds } from '../http/time-bounds.js';
import type { AuditListQuery, AuditPageDto, AuditRecordDto } from './audit.dto.js';
import type { AuditLog } from './audit-log.js';
import type { AuditRecord } from './audit-record.js';

/** A page of a log, as a list asks for it. @param log a tenant id, or the platform's log. */
export async function auditPage(audit: AuditLog, log: string, query: AuditListQuery): Promise<AuditPageDto> {
  const { cursor, limit, from, to, sort, ...filters } = query;
  const records = await audit.list(log, {
    ...filters,
    ...timeBounds(from, to),
    ...(cursor === undefined ? {} : { after: Number(decodeCursor(cursor, ['number'])[0]) }),
    descending: sortOf(sort).descending,
    limit: limit + 1,
  });
  const page = toPage(records, limit, (record) => [record.index]);
  return { items: page.items.map(asStored), next_cursor: page.next_cursor };
}

/** With the fields that it was hashed with and no other, so that whoever reads the log can verify it. */
function asStored({ details, ...record }: AuditRecord): AuditRecordDto {
  return details === undefined ? record : { ...record, details: { ...details } };
}
