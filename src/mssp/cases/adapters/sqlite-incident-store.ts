import type { Incident } from '../../../contracts/incident.js';
import type { TenantId } from '../../../contracts/tenant.js';
import { appendAudit } from '../../../platform/audit/append-audit.js';
import type { AuditEntry } from '../../../platform/audit/audit-record.js';
import { auditEntry, type ChangeStamp } from '../domain/change-stamp.js';
import { takesAlerts } from '../domain/incident-status.js';
import { IncidentStore, type IncidentChange, type IncidentQuery, type JudgedAlert } from '../domain/incident-store.js';
import type { CaseFiles } from './case-files.js';
import { incidentNews } from './case-news.js';
import { setLinking } from './incident-links.js';
import { incidentOfRow } from './incident-rows.js';
import { enqueueResponses, incidentRows, writeIncidents } from './incident-writes.js';
import { listIncidentRows } from './list-incidents.js';
import { absorb } from './merge-incidents.js';
import { settleTriage } from './settle-triage.js';

/** Incidents in the tenants' databases. */
export class SqliteIncidentStore extends IncidentStore {
  constructor(private readonly cases: CaseFiles) {
    super();
  }

  async settle(tenant: TenantId, judged: readonly JudgedAlert[], stamp: ChangeStamp): Promise<readonly JudgedAlert[]> {
    return this.cases.change(tenant, stamp.now, (trx, change) => settleTriage(trx, change, judged, stamp));
  }

  async find(tenant: TenantId, incidentId: string): Promise<Incident | undefined> {
    const { db, owner } = await this.cases.of(tenant);
    const row = await db.selectFrom('incident').selectAll().where('incident_id', '=', incidentId).executeTakeFirst();
    return row && incidentOfRow(owner, row);
  }

  async mergedInto(tenant: TenantId, incidentId: string): Promise<readonly string[]> {
    const { db } = await this.cases.of(tenant);
    const rows = await db
      .selectFrom('incident')
      .select('incident_id')
      .where('merged_into', '=', incidentId)
      .orderBy('incident_id')
      .execute();
    return rows.map((row) => row.incident_id);
  }

  async list(tenant: TenantId, query: IncidentQuery): Promise<readonly Incident[]> {
    const { db, owner } = await this.cases.of(tenant);
    const rows = await listIncidentRows(db, owner.seal, query);
    return rows.map((row) => incidentOfRow(owner, row));
  }

  async update(tenant: TenantId, incident: Incident, change: IncidentChange, stamp: ChangeStamp): Promise<Incident | undefined> {
    return this.cases.change(tenant, stamp.now, async (trx, { news, ...owner }) => {
      const id = incident.incident_id;
      const row = await trx
        .updateTable('incident')
        .set({ ...change, version: incident.version + 1, updated_at: new Date(stamp.now).toISOString() })
        .where('incident_id', '=', id)
        .where('version', '=', incident.version)
        .returningAll()
        .executeTakeFirst();
      if (!row) return undefined;
      news.push(incidentNews(row));
      if (takesAlerts(incident.status) !== takesAlerts(row.status)) await setLinking(trx, id, takesAlerts(row.status));
      const details = {
        from: { status: incident.status, assignee: incident.assignee },
        to: { status: row.status, assignee: row.assignee },
      };
      const entry = auditEntry(stamp, 'incident.updated', { type: 'incident', id }, details);
      await appendAudit(trx, tenant, row.updated_at, [{ ...entry, incident_id: id }]);
      return incidentOfRow(owner, row);
    });
  }

  async merge(tenant: TenantId, into: Incident, others: readonly Incident[], stamp: ChangeStamp): Promise<Incident | undefined> {
    return this.cases.change(tenant, stamp.now, async (trx, owner) => {
      const versions = new Map([into, ...others].map((incident) => [incident.incident_id, incident.version]));
      const rows = await incidentRows(trx, [...versions.keys()]);
      const survivor = rows.find((row) => row.incident_id === into.incident_id);
      if (!survivor || rows.length !== versions.size || rows.some((row) => row.version !== versions.get(row.incident_id))) return undefined;
      const entries: AuditEntry[] = [];
      const losers = rows.filter((row) => row !== survivor);
      await writeIncidents(trx, owner, [await absorb(trx, owner, { survivor, others: losers, stamp }, entries)], stamp);
      await setLinking(trx, into.incident_id, takesAlerts(into.status));
      await appendAudit(trx, tenant, new Date(stamp.now).toISOString(), entries);
      const [merged] = await incidentRows(trx, [into.incident_id]);
      if (!merged) return undefined;
      if (takesAlerts(merged.status)) await enqueueResponses(trx, [merged], stamp);
      return incidentOfRow(owner, merged);
    });
  }
}
