import type { LakeFilter, LakePosition } from '../../domain/event-lake.js';
import { arrivalOf } from '../../domain/arrival-of.js';
import { textPattern } from '../../domain/text-pattern.js';
import { TIMESTAMP_RANGE, timestampOf } from './lake-tables.js';
import type { Parameter, Parameters } from './query-answer.js';

const HOUR_MS = 3_600_000;
const RECORD_COLUMNS = 'batch_id, idx, UNIX_MILLIS(received_at) AS received_ms, source, rules, raw';
/** The copy that was written first: what is written twice is read once. */
const ONCE = 'QUALIFY ROW_NUMBER() OVER (PARTITION BY batch_id, idx ORDER BY copied_at) = 1';

/** A query of a table's name, and its values. */
export interface LakeQuery {
  readonly sql: (table: string) => string;
  readonly parameters: Parameters;
}

const string = (value: string): Parameter => ({ type: 'STRING', value: value.toWellFormed() });
const integer = (value: number): Parameter => ({ type: 'INT64', value });
const moment = (value: number): Parameter => ({ type: 'TIMESTAMP', value });

/** Events that may match, newest arrival first. Arrivals behind `before` are in partitions that are not read. */
export function scanQuery(filter: LakeFilter, before: LakePosition | undefined, limit: number): LakeQuery {
  const arrival = before && arrivalOf(before.batch_id);
  const conditions = [
    arrivedWithin(TIMESTAMP_RANGE.first, arrival === undefined ? TIMESTAMP_RANGE.last : arrival + HOUR_MS),
    happenedWithin(filter),
    ...filter.terms.map((term, at) => condition(`@term${at} IN UNNEST(terms)`, { [`term${at}`]: string(term) })),
    ...(filter.rule === undefined ? [] : [condition('@rule IN UNNEST(rules)', { rule: string(filter.rule) })]),
    ...(filter.text === undefined ? [] : [condition('REGEXP_CONTAINS(raw, @text)', { text: string(textPattern(filter.text)) })]),
    ...(before ? [isBefore(before)] : []),
  ];
  const { where, parameters } = all(conditions);
  return {
    sql: (table) => `SELECT ${RECORD_COLUMNS} FROM ${table} WHERE ${where} ${ONCE} ORDER BY batch_id DESC, idx DESC LIMIT @most`,
    parameters: { ...parameters, most: integer(limit) },
  };
}

/** One event. The id of its batch tells the partition that it is in. */
export function findQuery({ batch_id, index }: LakePosition): LakeQuery {
  const arrival = arrivalOf(batch_id);
  const { where, parameters } = all([
    arrival === undefined
      ? arrivedWithin(TIMESTAMP_RANGE.first, TIMESTAMP_RANGE.last)
      : arrivedWithin(arrival - HOUR_MS, arrival + HOUR_MS),
    condition('batch_id = @batch AND idx = @index', { batch: string(batch_id), index: integer(index) }),
  ]);
  return { sql: (table) => `SELECT ${RECORD_COLUMNS} FROM ${table} WHERE ${where} ORDER BY copied_at LIMIT 1`, parameters };
}

/** Events by hour of arrival. @param from start of the first hour, milliseconds since the epoch. @param to end of the last one */
export function countsQuery(from: number, to: number): LakeQuery {
  const { where, parameters } = all([
    condition('received_at >= @since AND received_at < @until', { since: moment(clamped(from)), until: moment(clamped(to)) }),
  ]);
  return {
    sql: (table) =>
      `SELECT DIV(UNIX_MILLIS(received_at), ${HOUR_MS}) AS hour, COUNT(DISTINCT CONCAT(batch_id, '.', CAST(idx AS STRING))) AS stored ` +
      `FROM ${table} WHERE ${where} GROUP BY hour ORDER BY hour`,
    parameters,
  };
}

/** A record besides events. */
export function recordQuery(kind: string, id: string): LakeQuery {
  const { where, parameters } = all([
    condition('copied_at >= @since', { since: moment(TIMESTAMP_RANGE.first) }),
    condition('kind = @kind AND id = @id', { kind: string(kind), id: string(id) }),
  ]);
  return { sql: (table) => `SELECT kind, id, record_ms, body FROM ${table} WHERE ${where} ORDER BY copied_at LIMIT 1`, parameters };
}

/** What analysts query: every event once. A condition on `received_at` must be given there too, and goes through to the partitions. */
export function eventsOnce(table: string): string {
  return `SELECT * FROM ${table} WHERE TRUE QUALIFY ROW_NUMBER() OVER (PARTITION BY received_at, batch_id, idx ORDER BY copied_at) = 1`;
}

interface Condition {
  readonly text: string;
  readonly parameters: Parameters;
}

function condition(text: string, parameters: Parameters): Condition {
  return { text, parameters };
}

function all(conditions: readonly Condition[]): { readonly where: string; readonly parameters: Parameters } {
  return {
    where: conditions.map(({ text }) => text).join(' AND '),
    parameters: Object.assign({}, ...conditions.map(({ parameters }) => parameters)) as Parameters,
  };
}

function arrivedWithin(since: number, until: number): Condition {
  return condition('received_at >= @since AND received_at <= @until', { since: moment(clamped(since)), until: moment(clamped(until)) });
}

/** By the exact time, and where TIMESTAMPs can say the same by those too, which the table is clustered by. */
function happenedWithin({ from, to }: LakeFilter): Condition {
  const exact = condition('event_ms >= @from AND event_ms <= @to', { from: integer(from), to: integer(to) });
  if (timestampOf(from) === null || timestampOf(to) === null) return exact;
  return condition(`${exact.text} AND event_time >= @from_time AND event_time <= @to_time`, {
    ...exact.parameters,
    from_time: moment(from),
    to_time: moment(to),
  });
}

function isBefore({ batch_id, index }: LakePosition): Condition {
  return condition('(batch_id < @before_batch OR (batch_id = @before_batch AND idx < @before_index))', {
    before_batch: string(batch_id),
    before_index: integer(index),
  });
}

function clamped(ms: number): number {
  return Math.min(Math.max(ms, TIMESTAMP_RANGE.first), TIMESTAMP_RANGE.last);
}
