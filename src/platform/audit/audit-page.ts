import { decodeCursor, toPage } from '../http/page.js';
import { sortOf } from '../http/sort.js';
import { timeBounds } from '../http/time-bounds.js';
import type { AuditListQuery, AuditPageDto } from './audit.dto.js';
import type { AuditLog } from './audit-log.js';

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
  return { items: page.items.map((record) => ({ ...record, details: { ...record.details } })), next_cursor: page.next_cursor };
}
