import type { Transaction } from 'kysely';
import type { AuditEntry } from '../../../platform/audit/audit-record.js';
import { incidentIdOf } from '../case-ids.js';
import { auditEntry, type ChangeStamp } from '../domain/change-stamp.js';
import type { Group, GroupedCore, Grouping } from '../domain/incident-grouping.js';
import { statusWithNewAlerts } from '../domain/incident-status.js';
import type { JudgedAlert } from '../domain/incident-store.js';
import { mergeSummaries, summaryOf } from '../domain/incident-summary.js';
import type { CaseChange } from './case-files.js';
import type { CaseTables, IncidentRow } from './case-tables.js';
import { facetRows, newIncidentRow, summaryColumns, summaryOfRow } from './incident-rows.js';
import { enqueueResponses, incidentRows, needsResponse, writeIncidents } from './incident-writes.js';
import { insertNewRows } from './insert-rows.js';
import { joinIncidents, type Membership } from './join-incidents.js';
import { absorb } from './merge-incidents.js';

/** What grouping decided, and about which alerts. */
interface Settlement {
  readonly fresh: readonly JudgedAlert[];
  readonly cores: readonly GroupedCore[];
  readonly grouping: Grouping;
  readonly stamp: ChangeStamp;
}

/** What is to be written of the incidents that a batch of alerts opens or extends. */
interface Outcome {
  readonly rows: Map<string, IncidentRow>;
  readonly facets: CaseTables['incident_facet'][];
  readonly respond: IncidentRow[];
  readonly entries: AuditEntry[];
}

/** Opens, extends and merges incidents as grouping decided; answers the audit records of it, and the incident of each alert that has one. */
export async function applyGrouping(
  trx: Transaction<CaseTables>,
  owner: CaseChange,
  settlement: Settlement,
): Promise<{ readonly entries: readonly AuditEntry[]; readonly incidentOf: ReadonlyMap<string, string> }> {
  const { fresh, cores, grouping, stamp } = settlement;
  const judged = new Map(fresh.map((each) => [each.alert.alert_id, each]));
  const stored = new Map(
    (
      await incidentRows(
        trx,
        grouping.groups.flatMap((group) => group.incidents),
      )
    ).map((row) => [row.incident_id, row]),
  );
  const outcome: Outcome = { rows: new Map(), facets: [], respond: [], entries: [] };
  const incidentOf = new Map(cores.map((core) => [core.alert_id, core.incident_id]));
  const successor = new Map<string, string>();
  for (const group of grouping.groups) {
    const added = group.alerts.flatMap(({ alert_id }) => judged.get(alert_id) ?? []);
    const found = group.incidents.flatMap((id) => stored.get(id) ?? []).sort(bySurvival);
    const id = await extend(trx, owner, { group, added, found, stamp }, outcome);
    for (const { alert_id } of group.alerts) incidentOf.set(alert_id, id);
    for (const merged of group.incidents) successor.set(merged, id);
  }
  const membership = (alertId: string): string | null => {
    const incident = incidentOf.get(alertId);
    return incident === undefined ? null : (successor.get(incident) ?? incident);
  };
  const joined: Membership[] = [
    ...grouping.groups
      .flatMap((group) => group.alerts)
      .map(({ alert_id }) => ({ alert_id, incident_id: membership(alert_id), anchor: null })),
    ...[...grouping.anchors].map(([alert_id, anchor]) => ({ alert_id, incident_id: membership(anchor.alert_id), anchor })),
  ];
  const incidents = new Set([...outcome.rows.keys(), ...(await joinIncidents(trx, joined))]);
  const others = await incidentRows(
    trx,
    [...incidents].filter((id) => !outcome.rows.has(id)),
  );
  await writeIncidents(trx, owner, [...outcome.rows.values(), ...others], stamp);
  await insertNewRows(trx, 'incident_facet', outcome.facets);
  await enqueueResponses(trx, outcome.respond, stamp);
  const grouped = joined.flatMap(({ alert_id, incident_id }) => (incident_id === null ? [] : [[alert_id, incident_id] as const]));
  return { entries: outcome.entries, incidentOf: new Map(grouped) };
}

async function extend(
  trx: Transaction<CaseTables>,
  owner: CaseChange,
  { group, added, found, stamp }: { group: Group; added: readonly JudgedAlert[]; found: readonly IncidentRow[]; stamp: ChangeStamp },
  outcome: Outcome,
): Promise<string> {
  const { tenant, seal } = owner;
  const summary = added
    .map(({ alert, verdict }) => summaryOf({ ...alert, ...verdict, event_ms: Date.parse(alert.event_time) }))
    .reduce(mergeSummaries);
  const [survivor, ...others] = found;
  const id = survivor?.incident_id ?? incidentIdOf(tenant, group.alerts[0]?.alert_id ?? '');
  const correlationId = added[0]?.alert.correlation_id ?? stamp.correlation_id;
  const note = (action: string, details: Readonly<Record<string, unknown>>) => {
    const entry = auditEntry({ ...stamp, correlation_id: correlationId }, action, { type: 'incident', id }, details);
    outcome.entries.push({ ...entry, incident_id: id });
  };
  if (!survivor) note('incident.opened', { alerts: added.length });
  const before = survivor
    ? await absorb(trx, owner, { survivor, others, stamp }, outcome.entries)
    : newIncidentRow(seal, id, summary, new Date(stamp.now).toISOString(), correlationId);
  const status = statusWithNewAlerts(before.status);
  if (status !== before.status) note('incident.reopened', { from: before.status, to: status });
  const row = { ...before, ...summaryColumns(seal, id, mergeSummaries(summaryOfRow(seal, before), summary)), status };
  outcome.rows.set(id, row);
  outcome.facets.push(...facetRows(seal, id, summary));
  if (!survivor || needsResponse(seal, survivor, row)) outcome.respond.push(row);
  return id;
}

/** The incident that began first survives a merge; of those that began together, that of the smallest id. */
function bySurvival(a: IncidentRow, b: IncidentRow): number {
  return a.first_event_at < b.first_event_at || (a.first_event_at === b.first_event_at && a.incident_id < b.incident_id) ? -1 : 1;
}
