import type { Kysely } from 'kysely';
import type { Alert } from '../../../contracts/alert.js';
import type { TriageContext } from '../../../contracts/triage-agent.js';
import { entityKey } from '../domain/entity-key.js';
import type { CaseSeal } from './case-seal.js';
import type { CaseTables } from './case-tables.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Repetitions are counted up to here. */
const MOST_REPETITIONS = 200;

/** What happened in the 24 hours of event time before an alert, by what was raised and not by what was judged. */
export async function triageContext(db: Kysely<CaseTables>, seal: CaseSeal, alert: Alert): Promise<TriageContext> {
  const entities = alert.entities.map((entity) => seal.key(entityKey(entity)));
  if (entities.length === 0) return { repetitions: Math.min(MOST_REPETITIONS, alert.count - 1), prior_tactics: [] };
  const time = Date.parse(alert.event_time);
  const repeated = await db
    .selectFrom('alert_entity')
    .select('alert_id')
    .distinct()
    .where('entity', 'in', entities)
    .where('rule_id', '=', alert.rule.id)
    .where('event_ms', '>=', time - DAY_MS)
    .where('event_ms', '<', time)
    .where('alert_id', '<>', alert.alert_id)
    .limit(MOST_REPETITIONS)
    .execute();
  const tactics = await db
    .selectFrom('entity_tactic')
    .select('tactic')
    .distinct()
    .where('entity', 'in', entities)
    .where('hour', '>=', Math.floor((time - DAY_MS) / HOUR_MS))
    .where('hour', '<=', Math.floor(time / HOUR_MS))
    .where('last_ms', '>=', time - DAY_MS)
    .where('first_ms', '<', time)
    .orderBy('tactic')
    .execute();
  return {
    repetitions: Math.min(MOST_REPETITIONS, repeated.length + alert.count - 1),
    prior_tactics: tactics.map((row) => row.tactic).filter((tactic) => !alert.tactics.includes(tactic)),
  };
}
