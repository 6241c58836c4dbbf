import type { TenantId } from '../../contracts/tenant.js';
import type { AuditLog } from '../../platform/audit/audit-log.js';
import type { AuditEntry } from '../../platform/audit/audit-record.js';
import type { Clock } from '../../platform/clock/clock.js';
import { ingestLockPath } from '../../platform/storage/data-directory.js';
import { ProcessLock } from '../../platform/storage/process-lock.js';
import type { Tenant } from '../../platform/tenancy/tenant.js';
import type { TenantDirectory } from '../../platform/tenancy/tenant-directory.js';
import type { EventMonths, StoredMonth } from './domain/event-months.js';
import { fateOf, type MonthFate } from './domain/plan-retention.js';
import { RETIRED_ACTION } from './retired-months.js';
import { aloneInRetention } from './retention-lock.js';

/** A month of events and what is to become of it. */
export interface PlannedMonth extends StoredMonth {
  readonly fate: MonthFate;
}

/** What retention works with. */
export interface RetentionParts {
  readonly dataDir: string;
  /** Whole months that tenants keep who say nothing of it; null: all. */
  readonly defaultMonths: number | null;
  readonly directory: TenantDirectory;
  readonly months: EventMonths;
  readonly audit: AuditLog;
  readonly clock: Clock;
  /** Who removes, as audit records name it. */
  readonly actor: string;
}

/** Removes months of events whose time is over: the audit record first, then the files. */
export class EventRetention {
  constructor(private readonly parts: RetentionParts) {}

  /** All of a tenant's months, the oldest first. */
  plan(tenant: Tenant): readonly PlannedMonth[] {
    const { months } = this.parts;
    return months.list(tenant.tenant_id).map((month) => this.planned(tenant, month));
  }

  /** Removes what is due of a tenant; answers what was removed, and by the way what was only left over of an earlier attempt. */
  async retire(id: TenantId): Promise<readonly StoredMonth[]> {
    const known = await this.parts.directory.find(id);
    if (!known || this.due(known).length === 0) return [];
    return aloneInRetention(this.parts.dataDir, async () => {
      await this.parts.directory.refresh();
      const tenant = await this.parts.directory.find(id);
      if (!tenant || tenant.status === 'deleting') return [];
      return this.aloneWith(id, () => this.removeDue(tenant));
    });
  }

  /** Months that may go as far as one sees from outside. */
  private due(tenant: Tenant): readonly string[] {
    if (tenant.status === 'deleting') return [];
    return this.parts.months.list(tenant.tenant_id).filter((month) => this.fate(tenant, month) === 'retire');
  }

  private async removeDue(tenant: Tenant): Promise<readonly StoredMonth[]> {
    const removed: StoredMonth[] = [];
    for (const month of this.due(tenant)) {
      const planned = this.planned(tenant, month);
      if (planned.fate !== 'retire') continue;
      const isNew = await this.record(tenant, planned);
      this.parts.months.remove(tenant.tenant_id, month);
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

  private planned(tenant: Tenant, month: string): PlannedMonth {
    const fate = this.fate(tenant, month);
    const stored = this.parts.months.look(tenant.tenant_id, month);
    return { ...stored, fate: fate === 'retire' && stored.isUnfinished ? 'unfinished' : fate };
  }

  private fate({ retention, legal_hold: hold }: Tenant, month: string): MonthFate {
    return fateOf(month, { months: retention.event_months ?? this.parts.defaultMonths, hold, now: this.parts.clock.now() });
  }

  /** Nobody stores events of the tenant meanwhile. */
  private async aloneWith<T>(tenant: TenantId, work: () => Promise<T>): Promise<T> {
    const lock = new ProcessLock(ingestLockPath(this.parts.dataDir, tenant));
    try {
      return await lock.exclusively(work);
    } finally {
      lock.close();
    }
  }
}
