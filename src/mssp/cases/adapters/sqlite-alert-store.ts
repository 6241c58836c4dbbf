import type { Alert } from '../../../contracts/alert.js';
import type { Feedback } from '../../../contracts/feedback.js';
import type { RuleAlerts } from '../../../contracts/rule-alerts.js';
import type { TenantId } from '../../../contracts/tenant.js';
import type { TriageContext } from '../../../contracts/triage-agent.js';
import { appendAudit } from '../../../platform/audit/append-audit.js';
import { Together } from '../../../platform/storage/together.js';
import { enqueueWork } from '../../../platform/work-queue/enqueue-work.js';
import { AlertStore, type AlertChange, type AlertQuery, type RuleAlertQuery } from '../domain/alert-store.js';
import { LEARN } from '../domain/case-work.js';
import { auditEntry, type ChangeStamp } from '../domain/change-stamp.js';
import type { RaiseRequest } from '../domain/raise-request.js';
import { tellOfAlerts } from './alert-messages.js';
import { alertOfRow } from './alert-rows.js';
import { alertNews } from './case-news.js';
import type { CaseFiles } from './case-files.js';
import { listAlertRows } from './list-alerts.js';
import { raiseAlerts, raisedInMinute } from './raise-alerts.js';
import { addUp, isAddedUp, readRuleDays } from './rule-days.js';
import { triageContext } from './triage-contexts.js';

/** Alerts in the tenants' databases. */
export class SqliteAlertStore extends AlertStore {
  private readonly raises = new Together<TenantId, RaiseRequest>(async (tenant, requests) => {
    const now = Math.max(...requests.map((request) => request.now));
    await this.cases.change(tenant, now, (trx, change) => raiseAlerts(trx, change, requests, now));
  });

  /** Tenants that are known to have their alerts added up by rule, as they stay from then on. */
  private readonly addedUp = new Set<TenantId>();

  constructor(private readonly cases: CaseFiles) {
    super();
  }

  raise(tenant: TenantId, request: RaiseRequest): Promise<void> {
    return this.raises.do(tenant, request);
  }

  async raisedIn(tenant: TenantId, minute: number): Promise<number> {
    const { db } = await this.cases.of(tenant);
    return raisedInMinute(db, minute);
  }

  async find(tenant: TenantId, alertId: string): Promise<Alert | undefined> {
    const [alert] = await this.findMany(tenant, [alertId]);
    return alert;
  }

  async findMany(tenant: TenantId, alertIds: readonly string[]): Promise<readonly Alert[]> {
    if (alertIds.length === 0) return [];
    const { db, owner } = await this.cases.of(tenant);
    const rows = await db.selectFrom('alert').selectAll().where('alert_id', 'in', alertIds).execute();
    return rows.map((row) => alertOfRow(owner, row));
  }

  async list(tenant: TenantId, query: AlertQuery): Promise<readonly Alert[]> {
    const { db, owner } = await this.cases.of(tenant);
    const rows = await listAlertRows(db, owner.seal, query);
    return rows.map((row) => alertOfRow(owner, row));
  }

  async byRule(tenant: TenantId, query: RuleAlertQuery): Promise<readonly RuleAlerts[]> {
    const { db } = await this.cases.of(tenant);
    if (!this.addedUp.has(tenant)) {
      if (!(await isAddedUp(db))) await db.transaction().execute(addUp);
      this.addedUp.add(tenant);
    }
    return readRuleDays(db, query);
  }

  async contextsOf(tenant: TenantId, alerts: readonly Alert[]): Promise<readonly TriageContext[]> {
    const { db, owner } = await this.cases.of(tenant);
    // one turn at the tenant's connection for all of them: a turn for each query would wait behind every batch that comes in meanwhile
    return db.connection().execute(async (connection) => {
      const contexts: TriageContext[] = [];
      for (const alert of alerts) contexts.push(await triageContext(connection, owner.seal, alert));
      return contexts;
    });
  }

  async update(tenant: TenantId, alert: Alert, change: AlertChange, stamp: ChangeStamp): Promise<Alert | undefined> {
    return this.cases.change(tenant, stamp.now, async (trx, { news, ...owner }) => {
      const row = await trx
        .updateTable('alert')
        .set({ ...change, version: alert.version + 1, updated_at: new Date(stamp.now).toISOString() })
        .where('alert_id', '=', alert.alert_id)
        .where('version', '=', alert.version)
        .returningAll()
        .executeTakeFirst();
      if (!row) return undefined;
      news.push(alertNews('alert.changed', row));
      const details = { from: { status: alert.status, assignee: alert.assignee }, to: { status: row.status, assignee: row.assignee } };
      const entry = auditEntry(stamp, 'alert.updated', { type: 'alert', id: alert.alert_id }, details);
      await appendAudit(trx, tenant, row.updated_at, [{ ...entry, ...(row.incident_id ? { incident_id: row.incident_id } : {}) }]);
      await tellOfAlerts(trx, owner, [{ row, event: 'changed', correlation_id: stamp.correlation_id }], stamp.now);
      return alertOfRow(owner, row);
    });
  }

  async keepFeedback(tenant: TenantId, feedback: Feedback, stamp: ChangeStamp): Promise<Feedback> {
    const { db } = await this.cases.of(tenant);
    return db.transaction().execute(async (trx) => {
      const { rule_id, ...kept } = feedback;
      const before = await trx
        .selectFrom('alert_feedback')
        .select(['feedback_id', 'alert_id', 'analyst', 'verdict', 'comments', 'at', 'correlation_id'])
        .where('alert_id', '=', feedback.alert_id)
        .where('analyst', '=', feedback.analyst)
        .executeTakeFirst();
      if (before?.verdict === feedback.verdict && before.comments === feedback.comments) return { ...before, rule_id };
      await trx
        .insertInto('alert_feedback')
        .values(kept)
        .onConflict((conflict) => conflict.columns(['alert_id', 'analyst']).doUpdateSet(kept))
        .execute();
      const details = { feedback_id: feedback.feedback_id, rule_id, verdict: feedback.verdict, replaces: before?.verdict ?? null };
      const entry = auditEntry(stamp, 'alert.feedback_given', { type: 'alert', id: feedback.alert_id }, details);
      await appendAudit(trx, tenant, feedback.at, [{ ...entry, comments: feedback.comments }]);
      const payload = { feedback };
      await enqueueWork(trx, [{ kind: LEARN, key: feedback.feedback_id, payload, correlation_id: stamp.correlation_id }], stamp.now);
      return feedback;
    });
  }
}
