import type { Transaction } from 'kysely';
import { slices } from '../../../platform/storage/slices.js';
import { draftStorm, foldDocuments, type OriginatedDetection } from '../domain/alert-storm.js';
import { type AlertDraft, evidenceOf } from '../domain/alert-draft.js';
import type { RaiseRequest } from '../domain/raise-request.js';
import type { ToldRow } from './alert-messages.js';
import { closedDocument, EVIDENCE_LISTED, newAlertRow, openDocument } from './alert-rows.js';
import type { CaseChange } from './case-files.js';
import { alertNews } from './case-news.js';
import type { AlertRow, CaseTables } from './case-tables.js';
import { indexAlerts } from './index-alerts.js';
import { insertNewRows } from './insert-rows.js';

/** A detection beyond the limit, and the storm alert that it is folded into. */
interface FoldedDetection extends OriginatedDetection {
  readonly alert_id: string;
  readonly request: RaiseRequest;
}

type StormRow = Pick<AlertRow, 'alert_id' | 'event_time' | 'evidence' | 'document'>;

/** Folds detections beyond the limit into the storm alerts of their rules; answers those that are new. How they grow is told with their verdict. */
export async function foldIntoStorms(
  trx: Transaction<CaseTables>,
  change: CaseChange,
  folded: readonly FoldedDetection[],
): Promise<readonly ToldRow[]> {
  if (folded.length === 0) return [];
  const { seal, news } = change;
  const byStorm = Map.groupBy(folded, ({ alert_id }) => alert_id);
  const before = await stormRows(trx, [...byStorm.keys()]);
  const drafts: AlertDraft[] = [];
  const opened: ToldRow[] = [];
  for (const [id, found] of byStorm) {
    const [first] = found;
    if (!first) continue;
    const evidence = found.flatMap(({ request, detection }) => evidenceOf(request.batch.batch_id, detection));
    const at = new Date(first.request.now).toISOString();
    const draft = draftStorm(id, [first, ...found.slice(1)]);
    const row = before.get(id);
    if (row) drafts.push(await grow(trx, change, row, { draft, evidence, at }));
    else {
      drafts.push(draft);
      opened.push({ row: newAlertRow(seal, draft, evidence, true, at), event: 'raised', traceparent: first.request.traceparent });
    }
  }
  await insertNewRows(
    trx,
    'alert',
    opened.map(({ row }) => row),
  );
  for (const { row } of opened) news.push(alertNews('alert.raised', row));
  await indexAlerts(trx, seal, drafts);
  return opened;
}

async function stormRows(trx: Transaction<CaseTables>, ids: readonly string[]): Promise<ReadonlyMap<string, StormRow>> {
  const found = new Map<string, StormRow>();
  for (const slice of slices(ids)) {
    const rows = await trx
      .selectFrom('alert')
      .select(['alert_id', 'event_time', 'evidence', 'document'])
      .where('alert_id', 'in', slice)
      .execute();
    for (const row of rows) found.set(row.alert_id, row);
  }
  return found;
}

/** Adds to a storm alert what came to it; answers what it is then found by. */
async function grow(
  trx: Transaction<CaseTables>,
  { seal, news }: CaseChange,
  before: StormRow,
  { draft, evidence, at }: { readonly draft: AlertDraft; readonly evidence: readonly string[]; readonly at: string },
): Promise<AlertDraft> {
  const document = foldDocuments(openDocument(seal, before), draft.document);
  const row = await trx
    .updateTable('alert')
    .set((eb) => ({
      document: closedDocument(seal, before.alert_id, document),
      evidence: JSON.stringify([...(JSON.parse(before.evidence) as string[]), ...evidence].slice(0, EVIDENCE_LISTED)),
      count: eb('count', '+', evidence.length),
      version: eb('version', '+', 1),
      updated_at: at,
    }))
    .where('alert_id', '=', before.alert_id)
    .returning(['alert_id', 'status', 'severity', 'incident_id', 'version'])
    .executeTakeFirstOrThrow();
  news.push(alertNews('alert.changed', row));
  return { ...draft, document, event_ms: Date.parse(before.event_time) };
}
