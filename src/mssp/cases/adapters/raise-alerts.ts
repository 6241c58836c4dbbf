import { sql, type Kysely, type Transaction } from 'kysely';
import type { Detection } from '../../../contracts/detection.js';
import { appendAudit } from '../../../platform/audit/append-audit.js';
import type { AuditEntry } from '../../../platform/audit/audit-record.js';
import { enqueueWork } from '../../../platform/work-queue/enqueue-work.js';
import type { NewWork } from '../../../platform/work-queue/work-item.js';
import { slices } from '../../../platform/storage/slices.js';
import { alertIdOf, stormIdOf } from '../case-ids.js';
import { draftAlert, evidenceOf, type DetectionOrigin } from '../domain/alert-draft.js';
import { endOfMinute, minuteOf, splitByBudget } from '../domain/alert-storm.js';
import { TRIAGE } from '../domain/case-work.js';
import type { RaiseRequest } from '../domain/raise-request.js';
import { tellOfAlerts, type ToldRow } from './alert-messages.js';
import { newAlertRow } from './alert-rows.js';
import type { CaseChange, CaseOwner } from './case-files.js';
import { alertNews } from './case-news.js';
import type { CaseTables } from './case-tables.js';
import { foldIntoStorms } from './fold-storms.js';
import { indexAlerts } from './index-alerts.js';
import { insertNewRows } from './insert-rows.js';

const IDS_IN_AUDIT = 100;
const MINUTES_KEPT = 24 * 60;

/** What of a batch was not raised yet. */
interface FreshBatch {
  readonly request: RaiseRequest;
  readonly origin: DetectionOrigin;
  readonly minute: number;
  readonly detections: readonly Detection[];
}

/** What becomes of it: alerts of their own, and what is folded into storm alerts. */
interface SplitBatch extends FreshBatch {
  readonly single: readonly RaisedDetection[];
  readonly folded: readonly RaisedDetection[];
}

/** A detection, and the alert that it becomes or is folded into. */
interface RaisedDetection {
  readonly detection: Detection;
  readonly alert_id: string;
}

/**
 * Raises what was not raised yet of these batches, with their audit records and their triage, in one transaction.
 * @param now milliseconds since the epoch.
 */
export async function raiseAlerts(
  trx: Transaction<CaseTables>,
  owner: CaseChange,
  requests: readonly RaiseRequest[],
  now: number,
): Promise<void> {
  const batches = await splitByMinute(trx, owner, await notYetRaised(trx, requests));
  if (batches.length === 0) return;
  const singles = await insertSingle(trx, owner, batches);
  const storms = await foldIntoStorms(
    trx,
    owner,
    batches.flatMap(({ request, origin, folded }) => folded.map((each) => ({ ...each, origin, request }))),
  );
  await insertNewRows(
    trx,
    'alert_evidence',
    batches.flatMap(({ request, single, folded }) => [...single, ...folded].map((each) => evidenceRow(request, each))),
  );
  await countMinutes(trx, batches);
  await appendAudit(trx, owner.tenant, new Date(now).toISOString(), batches.map(raisedEntry));
  const work = new Map(batches.flatMap(triageWork).map((item) => [item.key, item]));
  await enqueueWork(trx, [...work.values()], now);
  await tellOfAlerts(trx, owner, [...singles, ...storms], now);
}

async function notYetRaised(trx: Transaction<CaseTables>, requests: readonly RaiseRequest[]): Promise<readonly FreshBatch[]> {
  const known = new Set<string>();
  for (const slice of slices(requests.map(({ batch }) => batch.batch_id))) {
    const rows = await trx
      .selectFrom('alert_evidence')
      .select(['batch_id', 'rule_id', 'event_index'])
      .where('batch_id', 'in', slice)
      .execute();
    for (const row of rows) known.add(`${row.batch_id}|${row.event_index}|${row.rule_id}`);
  }
  return requests.flatMap((request) => {
    const { batch, now } = request;
    const detections = request.detections.filter((detection) => {
      const key = `${batch.batch_id}|${detection.event_index}|${detection.rule.id}`;
      return !known.has(key) && known.add(key);
    });
    const received = Date.parse(batch.received_at);
    const origin = { received_ms: Number.isFinite(received) ? received : now, correlation_id: batch.correlation_id };
    return detections.length === 0 ? [] : [{ request, origin, minute: minuteOf(origin.received_ms), detections }];
  });
}

/** Batches share the limit of the minute that they arrived in; those that come first are served first. */
async function splitByMinute(
  trx: Transaction<CaseTables>,
  { tenant }: CaseOwner,
  batches: readonly FreshBatch[],
): Promise<readonly SplitBatch[]> {
  const raised = new Map<number, number>();
  for (const minute of new Set(batches.map((batch) => batch.minute))) raised.set(minute, await raisedInMinute(trx, minute));
  return batches.map((batch) => {
    const { request, minute, detections } = batch;
    const before = raised.get(minute) ?? 0;
    const { single, folded } = splitByBudget(detections, request.alerts_per_min - before);
    raised.set(minute, before + single.length);
    const { batch_id } = request.batch;
    return {
      ...batch,
      single: single.map((detection) => ({
        detection,
        alert_id: alertIdOf(tenant, detection.rule.id, batch_id, detection.event_index),
      })),
      folded: folded.map((detection) => ({ detection, alert_id: stormIdOf(tenant, detection.rule.id, minute) })),
    };
  });
}

/** Answers what is to be told of them. */
async function insertSingle(trx: Transaction<CaseTables>, { seal, news }: CaseChange, batches: readonly SplitBatch[]): Promise<ToldRow[]> {
  const made = batches.flatMap(({ request, origin, single }) =>
    single.map(({ detection, alert_id }) => {
      const draft = draftAlert(alert_id, detection, origin);
      const evidence = evidenceOf(request.batch.batch_id, detection);
      const row = newAlertRow(seal, draft, evidence, false, new Date(request.now).toISOString());
      return { draft, row, traceparent: request.traceparent };
    }),
  );
  await insertNewRows(
    trx,
    'alert',
    made.map(({ row }) => row),
  );
  await indexAlerts(
    trx,
    seal,
    made.map(({ draft }) => draft),
  );
  for (const { row } of made) news.push(alertNews('alert.raised', row));
  return made.map(({ row, traceparent }) => ({ row, event: 'raised', traceparent }));
}

function evidenceRow({ batch }: RaiseRequest, { detection, alert_id }: RaisedDetection): CaseTables['alert_evidence'] {
  return { batch_id: batch.batch_id, rule_id: detection.rule.id, event_index: detection.event_index, alert_id };
}

function raisedEntry({ request: { batch }, single, folded }: SplitBatch): AuditEntry {
  const storms = new Set(folded.map(({ alert_id }) => alert_id));
  return {
    action: 'alerts.raised',
    actor: { type: 'system', id: 'mssp' },
    target: { type: 'batch', id: batch.batch_id },
    outcome: 'success',
    correlation_id: batch.correlation_id,
    details: {
      count: single.length,
      alert_ids: single.slice(0, IDS_IN_AUDIT).map(({ alert_id }) => alert_id),
      folded: folded.length,
      storm_alert_ids: [...storms].slice(0, IDS_IN_AUDIT),
    },
  };
}

/** A storm alert is judged once its minute is over, and it has all that it will have. */
function triageWork({ request: { batch, now, traceparent }, minute, single, folded }: SplitBatch): NewWork[] {
  const { correlation_id } = batch;
  const work = (key: string): NewWork => ({
    kind: TRIAGE,
    key,
    payload: {},
    correlation_id,
    ...(traceparent === undefined ? {} : { traceparent }),
  });
  const storms = new Set(folded.map(({ alert_id }) => alert_id));
  return [
    ...single.map(({ alert_id }) => work(alert_id)),
    ...[...storms].map((id) => ({ ...work(id), not_before: Math.max(now, endOfMinute(minute)) })),
  ];
}

/** How many alerts of their own were raised in a minute. */
export async function raisedInMinute(db: Kysely<CaseTables>, minute: number): Promise<number> {
  const row = await db.selectFrom('alert_minute').select('raised').where('minute', '=', minute).executeTakeFirst();
  return row?.raised ?? 0;
}

async function countMinutes(trx: Transaction<CaseTables>, batches: readonly SplitBatch[]): Promise<void> {
  const raised = new Map<number, number>();
  for (const { minute, single } of batches) raised.set(minute, (raised.get(minute) ?? 0) + single.length);
  await trx
    .insertInto('alert_minute')
    .values([...raised].map(([minute, count]) => ({ minute, raised: count })))
    .onConflict((conflict) => conflict.column('minute').doUpdateSet({ raised: sql`alert_minute.raised + excluded.raised` }))
    .execute();
  await trx
    .deleteFrom('alert_minute')
    .where('minute', '<', Math.min(...raised.keys()) - MINUTES_KEPT)
    .execute();
}
