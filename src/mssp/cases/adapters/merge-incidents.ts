import type { Transaction } from 'kysely';
import type { AuditEntry } from '../../../platform/audit/audit-record.js';
import { auditEntry, type ChangeStamp } from '../domain/change-stamp.js';
import { mergeSummaries } from '../domain/incident-summary.js';
import type { CaseChange } from './case-files.js';
import { incidentNews } from './case-news.js';
import type { CaseTables, IncidentRow } from './case-tables.js';
import { facetRows, summaryColumns, summaryOfRow } from './incident-rows.js';
import { insertNewRows } from './insert-rows.js';

/** A merge: who remains, who goes, who did it. */
export interface Merge {
  readonly survivor: IncidentRow;
  readonly others: readonly IncidentRow[];
  readonly stamp: ChangeStamp;
}

/** Moves what other incidents hold into one, and marks them as merged; answers the one as it is to be written, its alerts not counted again. */
export async function absorb(
  trx: Transaction<CaseTables>,
  { seal, news }: CaseChange,
  { survivor, others, stamp }: Merge,
  entries: AuditEntry[],
): Promise<IncidentRow> {
  if (others.length === 0) return survivor;
  const ids = others.map((other) => other.incident_id);
  const summary = [survivor, ...others].map((row) => summaryOfRow(seal, row)).reduce(mergeSummaries);
  const assignee = survivor.assignee ?? others.find((other) => other.assignee !== null)?.assignee ?? null;
  const row = { ...survivor, ...summaryColumns(seal, survivor.incident_id, summary), assignee };
  await trx.updateTable('alert').set({ incident_id: row.incident_id }).where('incident_id', 'in', ids).execute();
  const gone = await trx
    .updateTable('incident')
    .set((eb) => ({
      status: 'merged' as const,
      merged_into: row.incident_id,
      alert_count: 0,
      version: eb('version', '+', 1),
      updated_at: new Date(stamp.now).toISOString(),
    }))
    .where((eb) => eb.or([eb('incident_id', 'in', ids), eb('merged_into', 'in', ids)]))
    .returning(['incident_id', 'status', 'severity', 'merged_into', 'version'])
    .execute();
  news.push(...gone.map(incidentNews));
  await insertNewRows(trx, 'incident_facet', facetRows(seal, row.incident_id, summary));
  for (const id of ids) {
    const entry = auditEntry(stamp, 'incident.merged', { type: 'incident', id }, { merged_into: row.incident_id });
    entries.push({ ...entry, incident_id: row.incident_id });
  }
  return row;
}
