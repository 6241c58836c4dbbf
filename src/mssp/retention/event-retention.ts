import type { TenantId } from '../../contracts/tenant.js';
import type { AuditLog } from '../../platform/audit/audit-log.js';
import type { AuditEntry } from '../../platform/audit/audit-record.js';
import type { Tenant } from '../../platform/tenancy/tenant.js';
import type { TenantDirectory } from '../../platform/tenancy/tenant-directory.js';
import type { IngestLocks } from '../ingest/domain/ingest-locks.js';
import type { ClockReading } from './domain/clock-reading.js';
import type { EventMonths, StoredMonth } from './domain/event-months.js';
import { fateOf, type MonthFate } from './domain/plan-retention.js';
import { aloneWith } from './alone-with.js';
import { RETIRED_ACTION } from './retired-months.js';

/** A month of events and what is to become of it. */
export interface PlannedMonth extends StoredMonth {
  readonly fate: MonthFate;
}

/** What retention works with. */
export interface RetentionParts {
  /** Whole months that tenants keep who say nothing of it; null: all. */
  readonly defaultMonths: number | null;
  readonly directory: TenantDirectory;
  readonly months: EventMonths;
  /** What keeps others from storing meanwhile, and a legal hold from being put on unnoticed. */
  readonly locks: IngestLocks;
  readonly audit: AuditLog;
  /** Whether a month is in the lake up to its newest chunk, where there is one. */
  readonly isCopied?: (tenant: TenantId, month: Pick<StoredMonth, 'month' | 'last'>) => Promise<boolean>;
  /** Who removes, as audit records name it. */
  readonly actor: string;
}

/** Removes months of events whose time is over: the audit record first, then the files. */
export class EventRetention {
  constructor(private readonly parts: RetentionParts) {}

  /** All of a tenant's months, the oldest first. */
  async plan(tenant: Tenant, clock: ClockReading): Promise<readonly PlannedMonth[]> {
    const months = await this.parts.months.list(tenant.tenant_id);
    return Promise.all(months.map((month) => this.planned(tenant, month, clock)));
  }

  /** Whether something of a tenant stays only because the clock is not believed. */
  async isDoubted(tenant: Tenant, clock: ClockReading): Promise<boolean> {
    const months = await this.parts.months.list(tenant.tenant_id);
    return months.some((month) => this.fate(tenant, month, clock) === 'clock_doubted');
  }

  /** Removes what is due of a tenant; answers what was removed, and by the way what was only left over of an earlier attempt. */
  async retire(id: TenantId, clock: ClockReading): Promise<readonly StoredMonth[]> {
    const known = await this.parts.directory.find(id);
    if (!known || (await this.due(known, clock)).length === 0) return [];
    return aloneWith(this.parts.locks, id, async () => {
      await this.parts.directory.refresh();
      const tenant = await this.parts.directory.find(id);
      return tenant && tenant.status !== 'deleting' ? this.removeDue(tenant, clock) : [];
    });
  }

  /** Months that may go as far as one sees from outside. */
  private async due(tenant: Tenant, clock: ClockReading): Promise<readonly string[]> {
    if (tenant.status === 'deleting') return [];
    const months = await this.parts.months.list(tenant.tenant_id);
    return months.filter((month) => this.fate(tenant, month, clock) === 'retire');
  }

  private async removeDue(tenant: Tenant, clock: ClockReading): Promise<readonly StoredMonth[]> {
    const removed: StoredMonth[] = [];
    for (const month of await this.due(tenant, clock)) {
      const planned = await this.planned(tenant, month, clock);
      if (planned.fate !== 'retire') continue;
      const isNew = await this.record(tenant, planned);
      await this.parts.months.remove(tenant.tenant_id, month);
      if (isNew) removed.push(planned);
    }
    return removed;
  }

  /** False where there is a record of it already: a removal that was interrupted is gone on with. */
  private async record({ tenant_id: tenant }: Tenant, { month, events, bytes }: StoredMonth): Promise<boolean> {
    const { audit, actor } = this.parts;
    const earlier = await audit.list(tenant, { action: [RETIRED_ACTION], target_id: month, limit: 1 });
    if (earlier.length > 0) return false;
    const entry: AuditEntry = {
      action: RETIRED_ACTION,
      actor: { type: 'system', id: actor },
      target: { type: 'event_month', id: month },
      outcome: 'success',
      correlation_id: 'retention',
      details: { month, events, bytes },
    };
    await audit.append(tenant, [entry]);
    return true;
  }

  private async planned(tenant: Tenant, month: string, clock: ClockReading): Promise<PlannedMonth> {
    const fate = this.fate(tenant, month, clock);
    const stored = await this.parts.months.look(tenant.tenant_id, month);
    if (fate !== 'retire') return { ...stored, fate };
    if (stored.isUnfinished) return { ...stored, fate: 'unfinished' };
    const isCopied = (await this.parts.isCopied?.(tenant.tenant_id, stored)) ?? true;
    return { ...stored, fate: isCopied ? fate : 'uncopied' };
  }

  private fate({ retention, legal_hold: hold }: Tenant, month: string, clock: ClockReading): MonthFate {
    return fateOf(month, { months: retention.event_months ?? this.parts.defaultMonths, hold, clock });
  }
}
