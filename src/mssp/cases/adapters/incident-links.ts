import { sql, type Kysely, type Transaction } from 'kysely';
import { lesser, typed } from '../../../platform/storage/expressions.js';
import { slices } from '../../../platform/storage/slices.js';
import type { GroupedCore, GroupingAlert, KnownBorder } from '../domain/incident-grouping.js';
import { LINK_WINDOW_MS, MOST_ANCHORS } from '../domain/incident-links.js';
import type { CaseTables } from './case-tables.js';
import { insertNewRows } from './insert-rows.js';

const CORE = 1;
const BORDER = 0;
const FINISHED = -1;

/** Notes what entities were seen together with. */
export async function noteAnchors(trx: Transaction<CaseTables>, rows: readonly CaseTables['entity_anchor'][]): Promise<void> {
  const earliest = new Map<string, CaseTables['entity_anchor']>();
  for (const row of rows) {
    const key = `${row.entity}\n${row.anchor}`;
    if (row.first_ms < (earliest.get(key)?.first_ms ?? Infinity)) earliest.set(key, row);
  }
  for (const slice of slices([...earliest.values()])) {
    await trx
      .insertInto('entity_anchor')
      .values(slice)
      .onConflict((conflict) =>
        conflict.columns(['entity', 'anchor']).doUpdateSet({ first_ms: lesser('entity_anchor.first_ms', 'excluded.first_ms') }),
      )
      .execute();
  }
}

/** Since when (milliseconds since the epoch) each of the entities is common; those that are not are left out. */
export async function commonSince(db: Kysely<CaseTables>, entities: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (entities.length === 0) return new Map();
  const ranked = db
    .selectFrom('entity_anchor')
    .select(['entity', 'first_ms', sql<number>`row_number() over (partition by entity order by first_ms)`.as('place')])
    .where('entity', 'in', entities);
  const rows = await db
    .selectFrom(ranked.as('ranked'))
    .select(['entity', 'first_ms'])
    .where('place', '=', MOST_ANCHORS + 1)
    .execute();
  return new Map(rows.map((row) => [row.entity, row.first_ms]));
}

/** For each link and time of the alerts, the nearest core alert before (or at the time) and the nearest after, inside the window. */
export async function nearestCores(db: Kysely<CaseTables>, alerts: readonly GroupingAlert[]): Promise<readonly GroupedCore[]> {
  const places = new Map(alerts.flatMap(({ links, event_ms }) => links.map((link) => [`${event_ms} ${link}`, { link, event_ms }])));
  const found = new Map<string, GroupedCore>();
  for (const slice of slices([...places.values()])) {
    const wanted = sql.join(slice.map((place) => typed(['text', place.link], ['bigint', place.event_ms])));
    const { rows } = await sql<{ link: string; alert_id: string; event_time: string; incident_id: string }>`
      WITH place (link, ms) AS (VALUES ${wanted}),
      core (link, alert_id) AS (
        SELECT place.link, (SELECT min(c.alert_id) FROM incident_link c WHERE c.entity = place.link AND c.role = ${CORE} AND c.event_ms = (
          SELECT max(n.event_ms) FROM incident_link n
          WHERE n.entity = place.link AND n.role = ${CORE} AND n.event_ms BETWEEN place.ms - ${LINK_WINDOW_MS} AND place.ms)) FROM place
        UNION
        SELECT place.link, (SELECT min(c.alert_id) FROM incident_link c WHERE c.entity = place.link AND c.role = ${CORE} AND c.event_ms = (
          SELECT min(n.event_ms) FROM incident_link n
          WHERE n.entity = place.link AND n.role = ${CORE} AND n.event_ms > place.ms AND n.event_ms <= place.ms + ${LINK_WINDOW_MS})) FROM place)
      SELECT core.link, alert.alert_id, alert.event_time, alert.incident_id FROM core JOIN alert ON alert.alert_id = core.alert_id
      WHERE alert.incident_id IS NOT NULL`.execute(db);
    for (const { event_time, ...row } of rows) found.set(`${row.alert_id} ${row.link}`, { ...row, event_ms: Date.parse(event_time) });
  }
  return [...found.values()];
}

/** Border alerts that one of the core alerts is nearer to than what they are anchored to now. */
export async function bordersNear(
  db: Kysely<CaseTables>,
  cores: readonly GroupingAlert[],
  stored: readonly GroupedCore[],
): Promise<readonly KnownBorder[]> {
  const timesByLink = new Map([...Map.groupBy(stored, (core) => core.link)].map(([link, on]) => [link, on.map((core) => core.event_ms)]));
  const reaches = cores.flatMap((core) =>
    core.links.map((link) => ({ core, link, ...reachOf(core.event_ms, timesByLink.get(link) ?? []) })),
  );
  const found = new Map<string, KnownBorder>();
  for (const slice of slices(reaches)) {
    const wanted = sql.join(
      slice.map(({ core, link, from, to }) =>
        typed(['text', link], ['text', core.alert_id], ['bigint', core.event_ms], ['bigint', from], ['bigint', to]),
      ),
    );
    const { rows } = await sql<{
      link: string;
      alert_id: string;
      event_ms: number;
      anchor_id: string | null;
      anchor_distance: number | null;
    }>`
      WITH reach (link, core_id, ms, from_ms, to_ms) AS (VALUES ${wanted})
      SELECT reach.link, alert.alert_id, near.event_ms, alert.anchor_id, alert.anchor_distance FROM reach
      JOIN incident_link near ON near.entity = reach.link AND near.role = ${BORDER} AND near.event_ms BETWEEN reach.from_ms AND reach.to_ms
      JOIN alert ON alert.alert_id = near.alert_id
      WHERE alert.anchor_id IS NULL OR abs(near.event_ms - reach.ms) < alert.anchor_distance
        OR (abs(near.event_ms - reach.ms) = alert.anchor_distance AND reach.core_id < alert.anchor_id)`.execute(db);
    for (const { anchor_id, anchor_distance, ...row } of rows) {
      const anchor = anchor_id === null ? undefined : { alert_id: anchor_id, distance: anchor_distance ?? 0 };
      found.set(`${row.alert_id} ${row.link}`, { ...row, anchor });
    }
  }
  return [...found.values()];
}

/** Makes grouped alerts known to later grouping. */
export async function insertLinks(trx: Transaction<CaseTables>, alerts: readonly GroupingAlert[]): Promise<void> {
  await insertNewRows(
    trx,
    'incident_link',
    alerts.flatMap(({ alert_id, event_ms, links, core }) =>
      links.map((entity) => ({ entity, role: core ? CORE : BORDER, event_ms, alert_id })),
    ),
  );
}

/** Says whether an incident's alerts link what comes later. */
export async function setLinking(trx: Transaction<CaseTables>, incidentId: string, linking: boolean): Promise<void> {
  await trx
    .updateTable('incident_link')
    .set((eb) => ({
      role: linking
        ? eb
            .selectFrom('alert')
            .select(sql<number>`CASE WHEN anchor_id IS NULL THEN CAST(${CORE} AS bigint) ELSE CAST(${BORDER} AS bigint) END`.as('role'))
            .whereRef('alert.alert_id', '=', 'incident_link.alert_id')
        : FINISHED,
    }))
    .where('alert_id', 'in', (eb) => eb.selectFrom('alert').select('alert.alert_id').where('alert.incident_id', '=', incidentId))
    .execute();
}

/** The stretch around a time in which nothing stored is nearer: to the middle between it and its neighbours. */
function reachOf(ms: number, neighbours: readonly number[]): { readonly from: number; readonly to: number } {
  const before = neighbours.filter((time) => time <= ms);
  const after = neighbours.filter((time) => time > ms);
  return {
    from: Math.max(ms - LINK_WINDOW_MS, ...before.map((time) => Math.floor((time + ms) / 2))),
    to: Math.min(ms + LINK_WINDOW_MS, ...after.map((time) => Math.ceil((time + ms) / 2))),
  };
}
