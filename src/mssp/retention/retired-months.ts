import { Injectable } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';
import { AuditLog } from '../../platform/audit/audit-log.js';

/** Action of the audit record that is written before a month of events is removed because its time is over. */
export const RETIRED_ACTION = 'events.retired';

/** A month of events that was removed because its time was over. */
export interface RetiredMonth {
  /** Month of arrival, `2026-11`. */
  readonly month: string;
  readonly events: number;
  readonly bytes: number;
  /** RFC 3339 UTC. */
  readonly retired_at: string;
}

/** The months that a tenant's events were removed of, as its audit log tells. */
@Injectable()
export class RetiredMonths {
  constructor(private readonly audit: AuditLog) {}

  /** The latest of them; `undefined` where none was removed. */
  async last(tenant: TenantId): Promise<string | undefined> {
    const [record] = await this.audit.list(tenant, { action: [RETIRED_ACTION], descending: true, limit: 1 });
    return record?.target.id;
  }

  /** Those that overlap a span of time (milliseconds since the epoch), in order. */
  async between(tenant: TenantId, from: number, to: number): Promise<readonly RetiredMonth[]> {
    const found: RetiredMonth[] = [];
    for (const month of monthsOf(from, to)) {
      const [record] = await this.audit.list(tenant, { action: [RETIRED_ACTION], target_id: month, limit: 1 });
      const details = record?.details as { events: number; bytes: number } | undefined;
      if (record && details) found.push({ month, events: details.events, bytes: details.bytes, retired_at: record.timestamp });
    }
    return found;
  }
}

function monthsOf(from: number, to: number): string[] {
  const months: string[] = [];
  const first = new Date(from);
  for (let at = Date.UTC(first.getUTCFullYear(), first.getUTCMonth(), 1); at <= to;) {
    months.push(new Date(at).toISOString().slice(0, 7));
    const date = new Date(at);
    at = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  }
  return months;
}
