import { sql, type Kysely, type Transaction } from 'kysely';
import type { Detection } from '../../../contracts/detection.js';
import { appendAudit } from '../../../platform/audit/append-audit.js';
import { enqueueWork } from '../../../platform/work-queue/enqueue-work.js';
import { alertIdOf, stormIdOf } from '../case-ids.js';
import { draftAlert, type AlertDraft, type DetectionOrigin } from '../domain/alert-draft.js';
import { endOfMinute, minuteOf, splitByBudget } from '../domain/alert-storm.js';
import { TRIAGE } from '../domain/case-work.js';
import type { RaiseRequest } from '../domain/raise-request.js';
import { newAlertRow } from './alert-rows.js';
import type { CaseOwner } from './case-files.js';
import type { CaseTables } from './case-tables.js';
import { foldIntoStorms } from './fold-storms.js';
import { indexAlerts } from './index-alerts.js';
import { insertNewRows } from './insert-rows.js';

const IDS_IN_AUDIT = 100;
const MINUTES_KEPT = 24 * 60;

/** Raises what was not raised yet, with its audit record and its triage, in one transaction. */
export async function raiseAlerts(trx: Transaction<CaseTables>, owner: CaseOwner, request: RaiseRequest): Promise<void> {
  const { tenant, seal } = owner;
  const { batch, now } = request;
  const fresh = await notYetRaised(trx, request);
  if (fresh.length === 0) return;
  const received = Date.parse(batch.received_at);
  const origin = { received_ms: Number.isFinite(received) ? received : now, correlation_id: batch.correlation_id };
  const minute = minuteOf(origin.received_ms);
  const { single, folded } = splitByBudget(fresh, request.alerts_per_min - (await raisedInMinute(trx, minute)));
  const alerts = await insertSingle(trx, owner, request, { detections: single, origin });
  const stormOf = (ruleId: string) => stormIdOf(tenant, ruleId, minute);
  const storms = await foldIntoStorms(trx, { seal, stormOf }, request, { detections: folded, origin });
  await insertNewRows(trx, 'alert_evidence', [
    ...single.map((detection) =>
      evidenceRow(request, detection, alertIdOf(tenant, detection.rule.id, batch.batch_id, detection.event_index)),
    ),
    ...folded.map((detection) => evidenceRow(request, detection, stormOf(detection.rule.id))),
  ]);
  await countMinute(trx, minute, single.length);
  await appendAudit(trx, tenant, new Date(now).toISOString(), [
    {
      action: 'alerts.raised',
      actor: { type: 'system', id: 'mssp' },
      target: { type: 'batch', id: batch.batch_id },
      outcome: 'success',
      correlation_id: batch.correlation_id,
      details: {
        count: single.length,
        alert_ids: alerts.slice(0, IDS_IN_AUDIT).map((alert) => alert.alert_id),
        folded: folded.length,
        storm_alert_ids: storms.slice(0, IDS_IN_AUDIT),
      },
    },
  ]);
  const work = (key: string) => ({ kind: TRIAGE, key, payload: {}, correlation_id: batch.correlation_id });
  await enqueueWork(
    trx,
    [
      ...alerts.map((alert) => work(alert.alert_id)),
      ...storms.map((id) => ({ ...work(id), not_before: Math.max(now, endOfMinute(minute)) })),
    ],
    now,
  );
}

async function notYetRaised(trx: Transaction<CaseTables>, { batch, detections }: RaiseRequest): Promise<readonly Detection[]> {
  const rows = await trx.selectFrom('alert_evidence').select(['rule_id', 'event_index']).where('batch_id', '=', batch.batch_id).execute();
  const known = new Set(rows.map((row) => `${row.event_index}|${row.rule_id}`));
  return detections.filter((detection) => {
    const key = `${detection.event_index}|${detection.rule.id}`;
    return !known.has(key) && known.add(key);
  });
}

async function insertSingle(
  trx: Transaction<CaseTables>,
  { tenant, seal }: CaseOwner,
  { batch, now }: RaiseRequest,
  { detections, origin }: { readonly detections: readonly Detection[]; readonly origin: DetectionOrigin },
): Promise<readonly AlertDraft[]> {
  const at = new Date(now).toISOString();
  const drafts = detections.map((detection) =>
    draftAlert(alertIdOf(tenant, detection.rule.id, batch.batch_id, detection.event_index), detection, origin),
  );
  const rows = drafts.map((draft, i) => newAlertRow(seal, draft, [`${batch.batch_id}.${detections[i]?.event_index ?? 0}`], false, at));
  await insertNewRows(trx, 'alert', rows);
  await indexAlerts(trx, seal, drafts);
  return drafts;
}

function evidenceRow({ batch }: RaiseRequest, detection: Detection, alertId: string): CaseTables['alert_evidence'] {
  return { batch_id: batch.batch_id, rule_id: detection.rule.id, event_index: detection.event_index, alert_id: alertId };
}

/** How many alerts of their own were raised in a minute. */
export async function raisedInMinute(db: Kysely<CaseTables>, minute: number): Promise<number> {
  const row = await db.selectFrom('alert_minute').select('raised').where('minute', '=', minute).executeTakeFirst();
  return row?.raised ?? 0;
}

async function countMinute(trx: Transaction<CaseTables>, minute: number, raised: number): Promise<void> {
  await trx
    .insertInto('alert_minute')
    .values({ minute, raised })
    .onConflict((conflict) => conflict.column('minute').doUpdateSet({ raised: sql`alert_minute.raised + excluded.raised` }))
    .execute();
  await trx
    .deleteFrom('alert_minute')
    .where('minute', '<', minute - MINUTES_KEPT)
    .execute();
}
