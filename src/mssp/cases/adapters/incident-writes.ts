import { sql, type Transaction } from 'kysely';
import { slices } from '../../../platform/storage/slices.js';
import { enqueueWork } from '../../../platform/work-queue/enqueue-work.js';
import { RESPOND } from '../domain/case-work.js';
import type { ChangeStamp } from '../domain/change-stamp.js';
import { findingsOf } from '../domain/incident-summary.js';
import type { CaseChange } from './case-files.js';
import { incidentNews } from './case-news.js';
import type { CaseSeal } from './case-seal.js';
import type { CaseTables, IncidentRow } from './case-tables.js';
import { summaryOfRow } from './incident-rows.js';

/** Incidents by id, in no particular order. */
export async function incidentRows(trx: Transaction<CaseTables>, ids: readonly string[]): Promise<IncidentRow[]> {
  const rows: IncidentRow[] = [];
  for (const slice of slices(ids)) {
    rows.push(...(await trx.selectFrom('incident').selectAll().where('incident_id', 'in', slice).execute()));
  }
  return rows;
}

/** Writes incidents, new or known, each in its next version and with its alerts counted. */
export async function writeIncidents(
  trx: Transaction<CaseTables>,
  { news }: Pick<CaseChange, 'news'>,
  rows: readonly IncidentRow[],
  stamp: ChangeStamp,
): Promise<void> {
  for (const slice of slices(rows)) {
    const counts = await trx
      .selectFrom('alert')
      .select(['incident_id', (eb) => eb.fn.countAll<number>().as('alerts')])
      .where(
        'incident_id',
        'in',
        slice.map((row) => row.incident_id),
      )
      .groupBy('incident_id')
      .execute();
    const countOf = new Map(counts.map((row) => [row.incident_id, row.alerts]));
    const values = slice.map((row) => ({
      ...row,
      alert_count: countOf.get(row.incident_id) ?? 0,
      version: row.version + 1,
      updated_at: new Date(stamp.now).toISOString(),
    }));
    news.push(...values.map(incidentNews));
    await trx
      .insertInto('incident')
      .values(values)
      .onConflict((conflict) =>
        conflict.column('incident_id').doUpdateSet({
          updated_at: sql`excluded.updated_at`,
          first_event_at: sql`excluded.first_event_at`,
          last_event_at: sql`excluded.last_event_at`,
          status: sql`excluded.status`,
          severity: sql`excluded.severity`,
          classification: sql`excluded.classification`,
          score: sql`excluded.score`,
          kind: sql`excluded.kind`,
          assignee: sql`excluded.assignee`,
          alert_count: sql`excluded.alert_count`,
          version: sql`excluded.version`,
          document: sql`excluded.document`,
        }),
      )
      .execute();
  }
}

/** Has containment look at incidents, once each however often it is asked. */
export async function enqueueResponses(trx: Transaction<CaseTables>, rows: readonly IncidentRow[], stamp: ChangeStamp): Promise<void> {
  await enqueueWork(
    trx,
    rows.map((row) => ({ kind: RESPOND, key: row.incident_id, payload: {}, correlation_id: row.correlation_id })),
    stamp.now,
  );
}

/** Tells whether what containment goes by has changed. */
export function needsResponse(seal: CaseSeal, before: IncidentRow, after: IncidentRow): boolean {
  const targets = (row: IncidentRow) => JSON.stringify(findingsOf(summaryOfRow(seal, row)).entities);
  return (
    before.kind !== after.kind ||
    before.classification !== after.classification ||
    before.status !== after.status ||
    targets(before) !== targets(after)
  );
}
