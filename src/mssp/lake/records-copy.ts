import type { Alert } from '../../contracts/alert.js';
import type { TenantId } from '../../contracts/tenant.js';
import type { AuditLog } from '../../platform/audit/audit-log.js';
import type { AuditRecord } from '../../platform/audit/audit-record.js';
import type { AlertStore } from '../cases/domain/alert-store.js';
import { leavingAlert } from '../cases/domain/leaving-alert.js';
import type { Progress } from './domain/copy-progress.js';
import type { EventLake } from './domain/event-lake.js';
import type { LakeRecord } from './domain/lake-event.js';

const AT_ONCE = 500;
/** A change may be stored so much after the time that it bears: it waits for those before it. */
const LATE_MS = 10_000;
/** States of alerts that are known to be copied; what is forgotten is copied again, and read once. */
const MOST_KNOWN = 10_000;
const SORT = { by: 'updated_at', descending: false } as const;

/** What records are read from. */
export interface RecordSources {
  readonly audit: Pick<AuditLog, 'list'>;
  readonly alerts: Pick<AlertStore, 'list'>;
}

/** How far records are copied, and whether there are more. */
export interface RecordsStep extends Pick<Progress, 'audit' | 'alerts'> {
  readonly written: number;
  readonly hasMore: boolean;
}

/** Copies a tenant's audit records and every state of its alerts that there is when it looks. */
export class RecordsCopy {
  private readonly known = new Set<string>();

  constructor(
    private readonly lake: EventLake,
    private readonly sources: RecordSources,
  ) {}

  async step(tenant: TenantId, { audit, alerts }: Pick<Progress, 'audit' | 'alerts'>): Promise<RecordsStep> {
    const entries = await this.entriesBehind(tenant, audit);
    const { states, last, isWhole } = await this.changedAlerts(tenant, alerts);
    const records = [...entries.map(toAuditRecord), ...states.map((alert) => toAlertRecord(alert))];
    for (let at = 0; at < records.length; at += AT_ONCE) await this.lake.writeRecords(tenant, records.slice(at, at + AT_ONCE));
    for (const alert of states) this.know(tenant, alert);
    return {
      audit: entries.at(-1)?.index ?? audit,
      alerts: last,
      written: records.length,
      hasMore: !isWhole || entries.length === AT_ONCE,
    };
  }

  /** Forgets which states of a tenant's alerts are copied. */
  forget(tenant: TenantId): void {
    for (const state of this.known) if (state.startsWith(`${tenant} `)) this.known.delete(state);
  }

  /** Audit records behind a position; all of them where the one at the position is gone, as the log was restored from an earlier time. */
  private async entriesBehind(tenant: TenantId, position: number): Promise<readonly AuditRecord[]> {
    const { audit } = this.sources;
    if (position === 0) return audit.list(tenant, { limit: AT_ONCE });
    const [last, ...entries] = await audit.list(tenant, { after: position - 1, limit: AT_ONCE + 1 });
    return last?.index === position ? entries : audit.list(tenant, { limit: AT_ONCE });
  }

  /** Alerts that were changed since, or shortly before; those whose state is not known to be copied. */
  private async changedAlerts(
    tenant: TenantId,
    since: string | null,
  ): Promise<{ readonly states: readonly Alert[]; readonly last: string | null; readonly isWhole: boolean }> {
    const start = since === null ? '' : new Date(Date.parse(since) - LATE_MS).toISOString();
    const states: Alert[] = [];
    let after: readonly [string, string] = [start, ''];
    for (;;) {
      const page = await this.sources.alerts.list(tenant, { sort: SORT, after, limit: AT_ONCE });
      states.push(...page.filter((alert) => !this.known.has(stateOf(tenant, alert))));
      const last = page.at(-1);
      if (last) after = [last.updated_at, last.alert_id];
      const isWhole = page.length <= AT_ONCE;
      if (isWhole || states.length >= AT_ONCE) return { states, last: last?.updated_at ?? since, isWhole };
    }
  }

  private know(tenant: TenantId, alert: Alert): void {
    this.known.add(stateOf(tenant, alert));
    for (const oldest of this.known) {
      if (this.known.size <= MOST_KNOWN) break;
      this.known.delete(oldest);
    }
  }
}

function stateOf(tenant: TenantId, { alert_id: id, version }: Alert): string {
  return `${tenant} ${id}@${version}`;
}

function toAuditRecord(record: AuditRecord): LakeRecord {
  return { kind: 'audit', id: `${record.index}@${record.hash.slice(0, 16)}`, at: Date.parse(record.timestamp), body: { ...record } };
}

function toAlertRecord(alert: Alert): LakeRecord {
  return { kind: 'alert', id: `${alert.alert_id}@${alert.version}`, at: Date.parse(alert.updated_at), body: { ...leavingAlert(alert) } };
}
