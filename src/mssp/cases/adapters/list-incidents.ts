import { sql, type ExpressionBuilder, type Kysely, type SelectQueryBuilder } from 'kysely';
import { SEVERITIES } from '../../../contracts/severity.js';
import { CLASSIFICATIONS } from '../../../contracts/verdict.js';
import { keysMeantBy } from '../domain/entity-key.js';
import type { IncidentQuery } from '../domain/incident-store.js';
import type { CaseSeal } from './case-seal.js';
import type { CaseTables, IncidentRow } from './case-tables.js';

type IncidentSelection<Output> = SelectQueryBuilder<CaseTables, 'incident', Output>;

/** The rows that a query asks for, one more than its limit where there are more. */
export async function listIncidentRows(db: Kysely<CaseTables>, seal: CaseSeal, query: IncidentQuery): Promise<readonly IncidentRow[]> {
  const direction = query.sort.descending ? 'desc' : 'asc';
  const [value, id] = query.after ?? ['', ''];
  return await byFacets(byOwnColumns(db.selectFrom('incident').selectAll('incident'), query), seal, query)
    .$if(query.after !== undefined, (q) =>
      q.where((eb) => eb(eb.refTuple(query.sort.by, 'incident_id'), query.sort.descending ? '<' : '>', eb.tuple(value, id))),
    )
    .orderBy(query.sort.by, direction)
    .orderBy('incident_id', direction)
    .limit(query.limit + 1)
    .execute();
}

function byOwnColumns<Output>(rows: IncidentSelection<Output>, query: IncidentQuery): IncidentSelection<Output> {
  const severities = (query.severity ?? []).map((severity) => SEVERITIES.indexOf(severity));
  const classifications = (query.classification ?? []).map((classification) => CLASSIFICATIONS.indexOf(classification));
  return rows
    .$if(query.status === undefined, (q) => q.where('status', '<>', 'merged'))
    .$if(query.status !== undefined, (q) => q.where('status', 'in', query.status ?? []))
    .$if(query.severity !== undefined, (q) => q.where('severity', 'in', severities))
    .$if(query.classification !== undefined, (q) => q.where('classification', 'in', classifications))
    .$if(query.kind !== undefined, (q) => q.where('kind', 'in', query.kind ?? []))
    .$if(query.from !== undefined, (q) => q.where('last_event_at', '>=', query.from ?? ''))
    .$if(query.to !== undefined, (q) => q.where('first_event_at', '<', query.to ?? ''));
}

function byFacets<Output>(rows: IncidentSelection<Output>, seal: CaseSeal, query: IncidentQuery): IncidentSelection<Output> {
  const entities = query.entity
    ?.flatMap(keysMeantBy)
    .flatMap((key) => seal.keysOf(key))
    .map((key) => `entity:${key}`);
  const tactics = query.tactic?.map((tactic) => `tactic:${tactic}`);
  const techniques = query.technique?.map((technique) => `technique:${technique}`);
  return rows
    .$if(entities !== undefined, (q) => q.where('incident_id', 'in', (eb) => facets(eb).where('facet', 'in', entities ?? [])))
    .$if(tactics !== undefined, (q) => q.where('incident_id', 'in', (eb) => facets(eb).where('facet', 'in', tactics ?? [])))
    .$if(techniques !== undefined, (q) =>
      q.where('incident_id', 'in', (eb) =>
        facets(eb).where((facet) =>
          facet.or(
            // '/' is the character after '.': the range holds all sub-techniques
            (techniques ?? []).map((name) => sql<boolean>`(facet = ${name} OR (facet >= ${`${name}.`} AND facet < ${`${name}/`}))`),
          ),
        ),
      ),
    );
}

function facets(eb: ExpressionBuilder<CaseTables, 'incident'>) {
  return eb.selectFrom('incident_facet').select('incident_facet.incident_id');
}
