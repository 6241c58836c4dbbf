import type { ExpressionBuilder, Kysely, SelectQueryBuilder } from 'kysely';
import { SEVERITIES } from '../../../contracts/severity.js';
import { CLASSIFICATIONS } from '../../../contracts/verdict.js';
import type { AlertQuery } from '../domain/alert-store.js';
import { keysMeantBy } from '../domain/entity-key.js';
import type { CaseSeal } from './case-seal.js';
import type { AlertRow, CaseTables } from './case-tables.js';

type AlertSelection<Output> = SelectQueryBuilder<CaseTables, 'alert', Output>;
type AlertExpressions = ExpressionBuilder<CaseTables, 'alert'>;

/** The rows that a query asks for, one more than its limit where there are more. */
export async function listAlertRows(db: Kysely<CaseTables>, seal: CaseSeal, query: AlertQuery): Promise<readonly AlertRow[]> {
  const direction = query.sort.descending ? 'desc' : 'asc';
  return await byJoinedFilters(byOwnColumns(db.selectFrom('alert').selectAll('alert'), query), seal, query)
    .$if(query.after !== undefined, (q) => q.where((eb) => isAfter(eb, query)))
    .orderBy(query.sort.by, direction)
    .orderBy('alert_id', direction)
    .limit(query.limit + 1)
    .execute();
}

function byOwnColumns<Output>(rows: AlertSelection<Output>, query: AlertQuery): AlertSelection<Output> {
  return rows
    .$if(query.status !== undefined, (q) => q.where('status', 'in', query.status ?? []))
    .$if(query.severity !== undefined, (q) =>
      q.where(
        'severity',
        'in',
        (query.severity ?? []).map((severity) => SEVERITIES.indexOf(severity)),
      ),
    )
    .$if(query.classification !== undefined, (q) =>
      q.where(
        'classification',
        'in',
        (query.classification ?? []).map((classification) => CLASSIFICATIONS.indexOf(classification)),
      ),
    )
    .$if(query.detector !== undefined, (q) => q.where('detector', 'in', query.detector ?? []))
    .$if(query.rule_id !== undefined, (q) => q.where('rule_id', 'in', query.rule_id ?? []))
    .$if(query.incident_id !== undefined, (q) => q.where('incident_id', 'in', query.incident_id ?? []))
    .$if(query.from !== undefined, (q) => q.where('event_time', '>=', query.from ?? ''))
    .$if(query.to !== undefined, (q) => q.where('event_time', '<', query.to ?? ''));
}

function byJoinedFilters<Output>(rows: AlertSelection<Output>, seal: CaseSeal, query: AlertQuery): AlertSelection<Output> {
  const entities = (query.entity ?? []).flatMap(keysMeantBy).flatMap((key) => seal.keysOf(key));
  return rows
    .$if(query.entity !== undefined, (q) =>
      q.where('alert_id', 'in', (eb) =>
        eb.selectFrom('alert_entity').select('alert_entity.alert_id').where('alert_entity.entity', 'in', entities),
      ),
    )
    .$if(query.technique !== undefined, (q) =>
      q.where('alert_id', 'in', (eb) =>
        eb
          .selectFrom('alert_technique')
          .select('alert_technique.alert_id')
          .where((technique) => technique.or((query.technique ?? []).map((id) => isTechnique(technique, id)))),
      ),
    );
}

function isTechnique(eb: ExpressionBuilder<CaseTables, 'alert_technique'>, id: string) {
  // '/' is the character after '.': the range holds all sub-techniques
  return eb.or([eb('technique', '=', id), eb.and([eb('technique', '>=', `${id}.`), eb('technique', '<', `${id}/`)])]);
}

function isAfter(eb: AlertExpressions, { after, sort }: AlertQuery) {
  const [value, id] = after ?? ['', ''];
  return eb(eb.refTuple(sort.by, 'alert_id'), sort.descending ? '<' : '>', eb.tuple(value, id));
}
