import { type Kysely, sql, type Transaction } from 'kysely';
import type { RuleAlerts } from '../../../contracts/rule-alerts.js';
import type { RuleAlertQuery } from '../domain/alert-store.js';
import { type RuleDayRow, ruleAlertsOf, type WordCount } from '../domain/rule-alerts.js';
import type { CaseTables } from './case-tables.js';

/** What was raised in some days, by rule. Words are read first, so that none is counted whose alert is not. */
export async function readRuleDays(db: Kysely<CaseTables>, query: RuleAlertQuery): Promise<readonly RuleAlerts[]> {
  const [first, last] = [dayNumber(query.first_day), dayNumber(query.last_day)];
  const words: readonly WordCount[] = await db
    .selectFrom('alert_word')
    .select(['rule_id', 'verdict'])
    .select((eb) => eb.fn.countAll<number>().as('alerts'))
    .where('day', '>=', first)
    .where('day', '<=', last)
    .$if(query.rule_id !== undefined, (q) => q.where('rule_id', '=', query.rule_id ?? ''))
    .groupBy(['day', 'rule_id', 'verdict'])
    .execute();
  const days: readonly RuleDayRow[] = await db
    .selectFrom('rule_day')
    .select(['day', 'rule_id', 'alerts', 'matches', 'first_at', 'last_at', 'alert_id'])
    .where('day', '>=', first)
    .where('day', '<=', last)
    .where('detector', 'in', query.detector)
    .$if(query.rule_id !== undefined, (q) => q.where('rule_id', '=', query.rule_id ?? ''))
    .orderBy('day')
    .execute();
  return ruleAlertsOf(days, words);
}

/** Whether all alerts are added up: those from before there were sums are not. */
export async function isAddedUp(db: Kysely<CaseTables>): Promise<boolean> {
  const { alerts } = await db
    .selectFrom('alert')
    .select((eb) => eb.fn.countAll<number>().as('alerts'))
    .executeTakeFirstOrThrow();
  const sum = await db
    .selectFrom('rule_day')
    .select((eb) => eb.fn.sum<string | number | null>('alerts').as('alerts'))
    .executeTakeFirst();
  return alerts === Number(sum?.alerts ?? 0);
}

/** Adds up all alerts anew. */
export async function addUp(trx: Transaction<CaseTables>): Promise<void> {
  await trx.deleteFrom('rule_day').execute();
  await trx.deleteFrom('alert_word').execute();
  await sql`INSERT INTO rule_day (day, rule_id, detector, alerts, matches, first_at, last_at, alert_id)
    SELECT day, rule_id, max(detector), count(*), sum(matches), min(created_at), max(created_at), max(alert_id) FROM (
      SELECT CAST(replace(substr(created_at, 1, 10), '-', '') AS INTEGER) AS day, rule_id, detector, created_at, alert_id, CASE WHEN storm = 1 THEN
        (SELECT count(*) FROM alert_evidence WHERE alert_evidence.alert_id = alert.alert_id) ELSE 1 END AS matches FROM alert) AS raised
    GROUP BY day, rule_id`.execute(trx);
  await sql`INSERT INTO alert_word (alert_id, day, rule_id, verdict)
    SELECT alert.alert_id, CAST(replace(substr(alert.created_at, 1, 10), '-', '') AS INTEGER), alert.rule_id, said.verdict
    FROM alert_feedback AS said JOIN alert ON alert.alert_id = said.alert_id
    WHERE NOT EXISTS (SELECT 1 FROM alert_feedback AS later WHERE later.alert_id = said.alert_id
      AND (later.at > said.at OR (later.at = said.at AND later.feedback_id > said.feedback_id)))`.execute(trx);
}

/** `20261121` of `2026-11-21`: numbers are compared without leaking what they are, so that PostgreSQL looks them up under row-level security. */
function dayNumber(date: string): number {
  return Number(date.replaceAll('-', ''));
}
