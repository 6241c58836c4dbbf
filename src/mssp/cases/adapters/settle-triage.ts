import { sql, type Transaction } from 'kysely';
import { CLASSIFICATIONS } from '../../../contracts/verdict.js';
import { appendAudit } from '../../../platform/audit/append-audit.js';
import type { AuditEntry } from '../../../platform/audit/audit-record.js';
import { typed } from '../../../platform/storage/expressions.js';
import { slices } from '../../../platform/storage/slices.js';
import { auditEntry, type ChangeStamp } from '../domain/change-stamp.js';
import { groupAlerts, type GroupingAlert } from '../domain/incident-grouping.js';
import { anchorOf, linkableKeys, linksOf } from '../domain/incident-links.js';
import type { JudgedAlert } from '../domain/incident-store.js';
import { roleOf } from '../domain/incident-roles.js';
import { alertRows, tellOfAlerts } from './alert-messages.js';
import { closedVerdict } from './alert-rows.js';
import { applyGrouping } from './apply-grouping.js';
import type { CaseChange, CaseOwner } from './case-files.js';
import { alertNews } from './case-news.js';
import type { CaseSeal } from './case-seal.js';
import type { AlertRow, CaseTables } from './case-tables.js';
import { bordersNear, commonSince, insertLinks, nearestCores, noteAnchors } from './incident-links.js';

const IDS_IN_AUDIT = 100;

/** What the feed tells of an alert that has its verdict. */
type VerdictRow = Pick<AlertRow, 'alert_id' | 'status' | 'severity' | 'version'>;

/** Stores verdicts and groups their alerts; answers those that had no verdict before. */
export async function settleTriage(
  trx: Transaction<CaseTables>,
  owner: CaseChange,
  judged: readonly JudgedAlert[],
  stamp: ChangeStamp,
): Promise<readonly JudgedAlert[]> {
  const { tenant, seal, news } = owner;
  const written = await writeVerdicts(trx, seal, judged, stamp);
  const fresh = judged.filter(({ alert }) => written.has(alert.alert_id));
  if (fresh.length === 0) return fresh;
  const alerts = await groupingAlerts(trx, seal, fresh);
  const cores = await nearestCores(trx, alerts);
  const borders = await bordersNear(
    trx,
    alerts.filter((alert) => alert.core),
    cores,
  );
  await insertLinks(trx, alerts);
  const grouping = groupAlerts(alerts, cores, borders);
  const { entries, incidentOf } = await applyGrouping(trx, owner, { fresh, cores, grouping, stamp });
  for (const row of written.values()) news.push(alertNews('alert.changed', { ...row, incident_id: incidentOf.get(row.alert_id) ?? null }));
  await appendAudit(trx, tenant, new Date(stamp.now).toISOString(), [...triagedEntries(fresh, incidentOf, stamp), ...entries]);
  await tellOfVerdicts(trx, owner, fresh, stamp);
  return fresh;
}

/** The verdict, and the incident that the alert has come into. */
async function tellOfVerdicts(
  trx: Transaction<CaseTables>,
  owner: CaseOwner,
  fresh: readonly JudgedAlert[],
  stamp: ChangeStamp,
): Promise<void> {
  if (!owner.publishes) return;
  const rows = await alertRows(
    trx,
    fresh.map(({ alert }) => alert.alert_id),
  );
  await tellOfAlerts(
    trx,
    owner,
    rows.map((row) => ({ row, event: 'changed' })),
    stamp.now,
  );
}

async function writeVerdicts(
  trx: Transaction<CaseTables>,
  seal: CaseSeal,
  judged: readonly JudgedAlert[],
  stamp: ChangeStamp,
): Promise<ReadonlyMap<string, VerdictRow>> {
  const now = new Date(stamp.now).toISOString();
  const written = new Map<string, VerdictRow>();
  for (const slice of slices(judged)) {
    const values = sql.join(
      slice.map(({ alert, verdict }) => {
        const classification = CLASSIFICATIONS.indexOf(verdict.classification);
        const document = closedVerdict(seal, alert.alert_id, verdict);
        return typed(['text', alert.alert_id], ['text', document], ['bigint', classification], ['double precision', verdict.score]);
      }),
    );
    const { rows } = await sql<VerdictRow>`
      WITH judged (alert_id, verdict, classification, score) AS (VALUES ${values})
      UPDATE alert SET verdict = judged.verdict, classification = judged.classification, score = judged.score,
        status = CASE WHEN status = 'new' THEN 'triaged' ELSE status END, version = version + 1, updated_at = ${now}
      FROM judged WHERE alert.alert_id = judged.alert_id AND alert.verdict IS NULL
        AND alert.alert_id IN (${sql.join(slice.map(({ alert }) => alert.alert_id))})
      RETURNING alert.alert_id, alert.status, alert.severity, alert.version`.execute(trx);
    for (const row of rows) written.set(row.alert_id, row);
  }
  return written;
}

/** Which of the alerts are grouped, and what links them; what their entities were seen with is noted on the way. */
async function groupingAlerts(
  trx: Transaction<CaseTables>,
  seal: CaseSeal,
  fresh: readonly JudgedAlert[],
): Promise<readonly GroupingAlert[]> {
  const subjects = fresh.map(({ alert, verdict }) => ({
    alert,
    role: roleOf(verdict.classification),
    event_ms: Date.parse(alert.event_time),
  }));
  const anchors = subjects.flatMap(({ alert, event_ms }) => {
    const anchor = anchorOf(alert.entities);
    return linkableKeys(alert.entities).flatMap((entity) =>
      anchor === undefined || anchor === entity ? [] : [{ entity, anchor: seal.key(anchor), first_ms: event_ms }],
    );
  });
  await noteAnchors(
    trx,
    anchors.map((row) => ({ ...row, entity: seal.key(row.entity) })),
  );
  const entities = new Map(anchors.map(({ entity }) => [seal.key(entity), entity]));
  const since = await commonSince(trx, [...entities.keys()]);
  const common = new Map([...since].map(([key, ms]) => [entities.get(key) ?? key, ms]));
  return subjects.flatMap(({ alert, role, event_ms }) => {
    if (role === 'none') return [];
    const links = linksOf({ rule_id: alert.rule.id, entities: alert.entities, event_ms }, common).map((link) => seal.key(link));
    return [{ alert_id: alert.alert_id, event_ms, links, core: role === 'core' }];
  });
}

/** One record for each request whose alerts these are, so that a request can be followed to its end. */
function triagedEntries(fresh: readonly JudgedAlert[], incidentOf: ReadonlyMap<string, string>, stamp: ChangeStamp): readonly AuditEntry[] {
  const byRequest = Map.groupBy(fresh, ({ alert }) => alert.correlation_id);
  return [...byRequest].map(([correlation_id, judged]) => {
    const ids = judged.map(({ alert }) => alert.alert_id);
    const classes = Map.groupBy(judged, ({ verdict }) => verdict.classification);
    const incidents = new Set(ids.flatMap((id) => incidentOf.get(id) ?? []));
    return auditEntry(
      { ...stamp, correlation_id },
      'alerts.triaged',
      { type: 'request', id: correlation_id },
      {
        count: judged.length,
        alert_ids: ids.slice(0, IDS_IN_AUDIT),
        classifications: Object.fromEntries([...classes].map(([name, alerts]) => [name, alerts.length])),
        incident_ids: [...incidents].slice(0, IDS_IN_AUDIT),
      },
    );
  });
}
