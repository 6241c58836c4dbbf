import type { LakeFilter, LakePosition } from '../../domain/event-lake.js';
import type { LakeRecord } from '../../domain/lake-event.js';
import { nearestMoment } from './clickhouse-columns.js';
import type { ClickHousePlace } from './clickhouse-place.js';

/** A question: its text, in which nobody's values are, and the values. */
export interface ClickHouseQuery {
  readonly text: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** More rows than this are an error. */
  readonly rows: number;
}

const HOUR_MS = 3_600_000;
/** Years of hours. */
const MOST_HOURS = 1_000_000;
const MOST_COLUMNS = 10_000;
const EVENT = 'batch_id, idx, toUnixTimestamp64Milli(received_at), source, rules, raw';

/**
 * Events that may match, newest arrival first. `LIMIT 1 BY` shows once what was written twice and ends with the page, as it reads in the order of the table;
 * `FINAL` would merge all parts first.
 */
export function scanQuery(
  { database }: ClickHousePlace,
  { from, to, terms, rule, text }: LakeFilter,
  before: LakePosition | undefined,
  limit: number,
): ClickHouseQuery {
  const conditions = ['event_ms BETWEEN {from:Int64} AND {to:Int64}'];
  const values: Record<string, unknown> = { from: Math.floor(from), to: Math.ceil(to), limit };
  if (before) {
    conditions.push('batch_id <= {batch:String} AND (batch_id, idx) < ({batch:String}, {index:UInt32})');
    Object.assign(values, { batch: before.batch_id, index: before.index });
  }
  if (terms.length > 0) {
    conditions.push('hasAll(terms, {terms:Array(String)})');
    values['terms'] = terms.map((term) => term.toWellFormed());
  }
  if (rule !== undefined) {
    conditions.push('has(rules, {rule:String})');
    values['rule'] = rule.toWellFormed();
  }
  // Half of a surrogate pair is within a whole one for JavaScript, and for nobody else.
  if (text?.isWellFormed()) {
    conditions.push('(positionCaseInsensitive(raw, {text:String}) > 0 OR position(folded, {text:String}) > 0)');
    values['text'] = text.toLowerCase();
  }
  return {
    text: `SELECT ${EVENT} FROM ${database}.events WHERE ${conditions.join(' AND ')}
      ORDER BY batch_id DESC, idx DESC LIMIT 1 BY batch_id, idx LIMIT {limit:UInt32}`,
    values,
    rows: limit,
  };
}

/** One event. */
export function findQuery({ database }: ClickHousePlace, { batch_id: batch, index }: LakePosition): ClickHouseQuery {
  return {
    text: `SELECT ${EVENT} FROM ${database}.events WHERE batch_id = {batch:String} AND idx = {index:UInt32} LIMIT 1`,
    values: { batch, index },
    rows: 1,
  };
}

/** One record's time and body. */
export function findRecordQuery({ database }: ClickHousePlace, kind: LakeRecord['kind'], id: string): ClickHouseQuery {
  return {
    text: `SELECT at_ms, body FROM ${database}.records WHERE kind = {kind:String} AND id = {id:String} LIMIT 1`,
    values: { kind, id: id.toWellFormed() },
    rows: 1,
  };
}

/** Hours that begin in a span, each with the events that arrived in it. `FINAL` counts once what was written twice, and needs no memory for it. */
export function countsQuery({ database }: ClickHousePlace, from: number, to: number): ClickHouseQuery {
  return {
    text: `SELECT intDiv(toUnixTimestamp64Milli(received_at), ${HOUR_MS}) * ${HOUR_MS} AS hour, count() FROM ${database}.events FINAL
      WHERE received_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND received_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
      GROUP BY hour ORDER BY hour`,
    values: { from: hourFrom(from), to: hourFrom(to) },
    rows: MOST_HOURS,
  };
}

/** Whose a database is, as its comment says it; no row where there is no database. */
export function markQuery({ name }: ClickHousePlace): ClickHouseQuery {
  return { text: 'SELECT comment FROM system.databases WHERE name = {name:String}', values: { name }, rows: 1 };
}

export function tablesQuery({ name }: ClickHousePlace): ClickHouseQuery {
  return {
    text: 'SELECT name, comment, engine_full FROM system.tables WHERE database = {name:String}',
    values: { name },
    rows: MOST_COLUMNS,
  };
}

export function columnsQuery({ name }: ClickHousePlace): ClickHouseQuery {
  return {
    text: 'SELECT table, name, type FROM system.columns WHERE database = {name:String}',
    values: { name },
    rows: MOST_COLUMNS,
  };
}

/** The first hour that begins no earlier. */
function hourFrom(ms: number): number {
  return nearestMoment(Math.ceil(ms / HOUR_MS) * HOUR_MS);
}
