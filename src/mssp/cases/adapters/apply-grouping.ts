import type { Transaction } from 'kysely';
import type { TenantId } from '../../../contracts/tenant.js';
import type { AuditEntry } from '../../../platform/audit/audit-record.js';
import { enqueueWork } from '../../../platform/work-queue/enqueue-work.js';
import { incidentIdOf } from '../case-ids.js';
import { RESPOND } from '../domain/case-work.js';
import { auditEntry, type ChangeStamp } from '../domain/change-stamp.js';
import type { Group, GroupedCore, Grouping } from '../domain/incident-grouping.js';
import { statusWithNewAlerts } from '../domain/incident-status.js';
import type { JudgedAlert } from '../domain/incident-store.js';
import { findingsOf, mergeSummaries, summaryOf, type IncidentSummary } from '../domain/incident-summary.js';
import type { CaseTables, IncidentRow } from './case-tables.js';
import { facetRows, newIncidentRow, summaryColumns, summaryOfRow } from './incident-rows.js';
import { insertNewRows } from './insert-rows.js';
import { absorb } from './merge-incidents.js';

/** What grouping decided, and about which alerts. */
interface Settlement {
  readonly fresh: readonly JudgedAlert[];
  readonly cores: readonly GroupedCore[];
  readonly grouping: Grouping;
  readonly stamp: ChangeStamp;
}

/** Opens, extends and merges incidents as grouping decided; answers the audit records of it and the incidents that changed. */
export async function applyGrouping(
  trx: Transaction<CaseTables>,
  tenant: TenantId,
  settlement: Settlement,
): Promise<{ readonly entries: readonly AuditEntry[]; readonly incidents: readonly string[] }> {
  const judged = new Map(settlement.fresh.map((each) => [each.alert.alert_id, each]));
  const incidentOf = new Map(settlement.cores.map((core) => [core.alert_id, core.incident_id]));
  const entries: AuditEntry[] = [];
  const touched = new Set<string>();
  for (const group of settlement.grouping.groups) {
    const added = group.alerts.flatMap(({ alert_id }) => judged.get(alert_id) ?? []);
    const row = await extend(trx, tenant, { group, added, stamp: settlement.stamp, entries });
    for (const { alert_id } of group.alerts) incidentOf.set(alert_id, row.incident_id);
    for (const core of settlement.cores) if (group.incidents.includes(core.incident_id)) incidentOf.set(core.alert_id, row.incident_id);
    touched.add(row.incident_id);
  }
  for (const id of await anchorBorders(trx, settlement.grouping, incidentOf)) touched.add(id);
  for (const id of touched) await countAlerts(trx, id, settlement.stamp);
  return { entries, incidents: [...touched] };
}

async function extend(
  trx: Transaction<CaseTables>,
  tenant: TenantId,
  { group, added, stamp, entries }: { group: Group; added: readonly JudgedAlert[]; stamp: ChangeStamp; entries: AuditEntry[] },
): Promise<IncidentRow> {
  const found = group.incidents.length === 0 ? [] : await incidentRows(trx, group.incidents);
  const summary = added
    .map(({ alert, verdict }) => summaryOf({ ...alert, ...verdict, event_ms: Date.parse(alert.event_time) }))
    .reduce(mergeSummaries);
  const [survivor, ...others] = found.sort(bySurvival);
  const before = survivor ?? (await open(trx, tenant, { group, added, stamp, summary, entries }));
  const joined = await absorb(trx, before, others, stamp, entries);
  const whole = mergeSummaries(summaryOfRow(joined), summary);
  const status = statusWithNewAlerts(joined.status);
  if (status !== joined.status)
    entries.push(incidentEntry(stamp, 'incident.reopened', joined.incident_id, { from: joined.status, to: status }));
  const row = { ...joined, ...summaryColumns(whole), status };
  await trx
    .updateTable('incident')
    .set({ ...summaryColumns(whole), status })
    .where('incident_id', '=', row.incident_id)
    .execute();
  await insertNewRows(trx, 'incident_facet', facetRows(row.incident_id, summary));
  await trx
    .updateTable('alert')
    .set({ incident_id: row.incident_id })
    .where(
      'alert_id',
      'in',
      group.alerts.map((alert) => alert.alert_id),
    )
    .execute();
  if (!survivor || others.length > 0 || bearsOnResponse(before, row)) await enqueueResponse(trx, row, stamp);
  return row;
}

async function open(
  trx: Transaction<CaseTables>,
  tenant: TenantId,
  opening: { group: Group; added: readonly JudgedAlert[]; stamp: ChangeStamp; summary: IncidentSummary; entries: AuditEntry[] },
): Promise<IncidentRow> {
  const { group, added, stamp, summary, entries } = opening;
  const id = incidentIdOf(tenant, group.alerts[0]?.alert_id ?? '');
  const correlationId = added[0]?.alert.correlation_id ?? stamp.correlation_id;
  const row = newIncidentRow(id, summary, new Date(stamp.now).toISOString(), correlationId);
  await trx.insertInto('incident').values(row).execute();
  entries.push({ ...incidentEntry(stamp, 'incident.opened', id, { alerts: added.length }), correlation_id: correlationId });
  return row;
}

/** Anchors border alerts; answers the incidents that won or lost one. */
async function anchorBorders(
  trx: Transaction<CaseTables>,
  { anchors }: Grouping,
  incidentOf: ReadonlyMap<string, string>,
): Promise<ReadonlySet<string>> {
  const touched = new Set<string>();
  if (anchors.size === 0) return touched;
  const ids = [...anchors.keys()];
  for (let from = 0; from < ids.length; from += 500) {
    const rows = await trx
      .selectFrom('alert')
      .select('incident_id')
      .distinct()
      .where('alert_id', 'in', ids.slice(from, from + 500))
      .where('incident_id', 'is not', null)
      .execute();
    for (const row of rows) touched.add(row.incident_id ?? '');
  }
  for (const [id, anchor] of anchors) {
    const incident = incidentOf.get(anchor.alert_id) ?? null;
    await trx
      .updateTable('alert')
      .set({ incident_id: incident, anchor_id: anchor.alert_id, anchor_distance: anchor.distance })
      .where('alert_id', '=', id)
      .execute();
    if (incident) touched.add(incident);
  }
  return touched;
}

/** Counts an incident's alerts again and gives it its next version. */
export async function countAlerts(trx: Transaction<CaseTables>, incidentId: string, stamp: ChangeStamp): Promise<void> {
  await trx
    .updateTable('incident')
    .set((eb) => ({
      alert_count: eb
        .selectFrom('alert')
        .select((count) => count.fn.countAll<number>().as('alerts'))
        .where('alert.incident_id', '=', incidentId),
      version: eb('version', '+', 1),
      updated_at: new Date(stamp.now).toISOString(),
    }))
    .where('incident_id', '=', incidentId)
    .execute();
}

/** Incidents by id, in no particular order. */
export async function incidentRows(trx: Transaction<CaseTables>, ids: readonly string[]): Promise<IncidentRow[]> {
  return trx.selectFrom('incident').selectAll().where('incident_id', 'in', ids).execute();
}

/** Has containment look at an incident, once however often it is asked. */
export async function enqueueResponse(trx: Transaction<CaseTables>, row: IncidentRow, stamp: ChangeStamp): Promise<void> {
  await enqueueWork(trx, [{ kind: RESPOND, key: row.incident_id, payload: {}, correlation_id: row.correlation_id }], stamp.now);
}

function bearsOnResponse(before: IncidentRow, after: IncidentRow): boolean {
  const targets = (row: IncidentRow) => JSON.stringify(findingsOf(summaryOfRow(row)).entities);
  return (
    before.kind !== after.kind ||
    before.classification !== after.classification ||
    before.status !== after.status ||
    targets(before) !== targets(after)
  );
}

function incidentEntry(stamp: ChangeStamp, action: string, id: string, details: Readonly<Record<string, unknown>>): AuditEntry {
  return { ...auditEntry(stamp, action, { type: 'incident', id }, details), incident_id: id };
}

/** The incident that began first survives a merge; of those that began together, that of the smallest id. */
function bySurvival(a: IncidentRow, b: IncidentRow): number {
  return a.first_event_at < b.first_event_at || (a.first_event_at === b.first_event_at && a.incident_id < b.incident_id) ? -1 : 1;
}
