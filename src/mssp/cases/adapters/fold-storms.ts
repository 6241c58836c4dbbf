import type { Transaction } from 'kysely';
import type { Detection } from '../../../contracts/detection.js';
import { draftStorm, foldDocuments } from '../domain/alert-storm.js';
import type { AlertDocument, DetectionOrigin } from '../domain/alert-draft.js';
import type { RaiseRequest } from '../domain/raise-request.js';
import { EVIDENCE_LISTED, newAlertRow } from './alert-rows.js';
import type { CaseTables } from './case-tables.js';
import { indexAlerts } from './index-alerts.js';
import { insertNewRows } from './insert-rows.js';

/** Folds detections beyond the limit into the storm alerts of their rules; answers the storm alerts that are new or grew. */
export async function foldIntoStorms(
  trx: Transaction<CaseTables>,
  stormOf: (ruleId: string) => string,
  request: RaiseRequest,
  { detections, origin }: { readonly detections: readonly Detection[]; readonly origin: DetectionOrigin },
): Promise<readonly string[]> {
  const storms: string[] = [];
  for (const [ruleId, ofRule] of Map.groupBy(detections, (detection) => detection.rule.id)) {
    const id = stormOf(ruleId);
    storms.push(id);
    await foldRule(trx, id, request, { detections: ofRule as [Detection, ...Detection[]], origin });
  }
  return storms;
}

async function foldRule(
  trx: Transaction<CaseTables>,
  id: string,
  { batch, now }: RaiseRequest,
  { detections, origin }: { readonly detections: readonly [Detection, ...Detection[]]; readonly origin: DetectionOrigin },
): Promise<void> {
  const at = new Date(now).toISOString();
  const evidence = detections.map((detection) => `${batch.batch_id}.${detection.event_index}`);
  const draft = draftStorm(id, detections, origin);
  const before = await trx.selectFrom('alert').select(['event_time', 'evidence', 'document']).where('alert_id', '=', id).executeTakeFirst();
  if (!before) {
    await insertNewRows(trx, 'alert', [newAlertRow(draft, evidence, true, at)]);
    await indexAlerts(trx, [draft]);
    return;
  }
  const document = foldDocuments(JSON.parse(before.document) as AlertDocument, draft.document);
  await trx
    .updateTable('alert')
    .set((eb) => ({
      document: JSON.stringify(document),
      evidence: JSON.stringify([...(JSON.parse(before.evidence) as string[]), ...evidence].slice(0, EVIDENCE_LISTED)),
      count: eb('count', '+', evidence.length),
      version: eb('version', '+', 1),
      updated_at: at,
    }))
    .where('alert_id', '=', id)
    .execute();
  await indexAlerts(trx, [{ ...draft, document, event_ms: Date.parse(before.event_time) }]);
}
