import { sql, type Transaction } from 'kysely';
import { typed } from '../../../platform/storage/expressions.js';
import { slices } from '../../../platform/storage/slices.js';
import type { Anchor } from '../domain/incident-grouping.js';
import type { CaseTables } from './case-tables.js';

/** The incident that an alert now belongs to; `anchor` is null for core alerts. */
export interface Membership {
  readonly alert_id: string;
  readonly incident_id: string | null;
  readonly anchor: Anchor | null;
}

/** Writes which incidents alerts belong to; answers the incidents that won or lost one. */
export async function joinIncidents(trx: Transaction<CaseTables>, memberships: readonly Membership[]): Promise<ReadonlySet<string>> {
  const touched = new Set<string>();
  for (const slice of slices(memberships)) {
    const ids = slice.map((each) => each.alert_id);
    const left = await trx.selectFrom('alert').select('incident_id').distinct().where('alert_id', 'in', ids).execute();
    const values = sql.join(
      slice.map(({ alert_id, incident_id, anchor }) =>
        typed(['text', alert_id], ['text', incident_id], ['text', anchor?.alert_id ?? null], ['bigint', anchor?.distance ?? null]),
      ),
    );
    await sql`WITH joined (id, incident_id, anchor_id, distance) AS (VALUES ${values})
      UPDATE alert SET incident_id = joined.incident_id, anchor_id = joined.anchor_id, anchor_distance = joined.distance
      FROM joined WHERE alert.alert_id = joined.id AND alert.alert_id IN (${sql.join(ids)})`.execute(trx);
    for (const { incident_id } of [...left, ...slice]) if (incident_id !== null) touched.add(incident_id);
  }
  return touched;
}
