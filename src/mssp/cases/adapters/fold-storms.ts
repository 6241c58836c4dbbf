import type { Transaction } from 'kysely';
import type { Detection } from '../../../contracts/detection.js';
import { draftStorm, foldDocuments } from '../domain/alert-storm.js';
import type { DetectionOrigin } from '../domain/alert-draft.js';
import type { RaiseRequest } from '../domain/raise-request.js';
import { closedDocument, EVIDENCE_LISTED, newAlertRow, openDocument } from './alert-rows.js';
import type { CaseSeal } from './case-seal.js';
import type { CaseTables } from './case-tables.js';
import { indexAlerts } from './index-alerts.js';
import { insertNewRows } from './insert-rows.js';

/** Where storm alerts are kept: how they are stored, and the id of a rule's. */
interface StormPlace {
  readonly seal: CaseSeal;
  readonly stormOf: (ruleId: string) => string;
}

/** Folds detections beyond the limit into the storm alerts of their rules; answers the storm alerts that are new or grew. */
export async function foldIntoStorms(
  trx: Transaction<CaseTables>,
  { seal, stormOf }: StormPlace,
  request: RaiseRequest,
  { detections, origin }: { readonly detections: readonly Detection[]; readonly origin: DetectionOrigin },
): Promise<readonly string[]> {
  const storms: string[] = [];
  for (const [ruleId, ofRule] of Map.groupBy(detections, (detection) => detection.rule.id)) {
    const id = stormOf(ruleId);
    storms.push(id);
    await foldRule(trx, { seal, id }, request, { detections: ofRule as [Detection, ...Detection[]], origin });
  }
  return storms;
}

async function foldRule(
  trx: Transaction<CaseTables>,
  { seal, id }: { readonly seal: CaseSeal; readonly id: string },
  { batch, now }: RaiseRequest,
  { detections, origin }: { readonly detections: readonly [Detection, ...Detection[]]; readonly origin: DetectionOrigin },
): Promise<void> {
  const at = new Date(now).toISOString();
  const evidence = detections.map((detection) => `${batch.batch_id}.${detection.event_index}`);
  const draft = draftStorm(id, detections, origin);
  const before = await trx
    .selectFrom('alert')
    .select(['alert_id', 'event_time', 'evidence', 'document'])
    .where('alert_id', '=', id)
    .executeTakeFirst();
  if (!before) {
    await insertNewRows(trx, 'alert', [newAlertRow(seal, draft, evidence, true, at)]);
    await indexAlerts(trx, seal, [draft]);
    return;
  }
  const document = foldDocuments(openDocument(seal, before), draft.document);
  await trx
    .updateTable('alert')
    .set((eb) => ({
      document: closedDocument(seal, id, document),
      evidence: JSON.stringify([...(JSON.parse(before.evidence) as string[]), ...evidence].slice(0, EVIDENCE_LISTED)),
      count: eb('count', '+', evidence.length),
      version: eb('version', '+', 1),
      updated_at: at,
    }))
    .where('alert_id', '=', id)
    .execute();
  await indexAlerts(trx, seal, [{ ...draft, document, event_ms: Date.parse(before.event_time) }]);
}
