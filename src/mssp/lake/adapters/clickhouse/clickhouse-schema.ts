import { EVENT_COLUMNS, RECORD_COLUMNS, type Column } from './clickhouse-columns.js';
import type { ClickHousePlace } from './clickhouse-place.js';

/** Of tables that this code makes and reads. Grows with every change of a table. */
export const SCHEMA = 1;

const COMMENT = /^GATRA schema (\d{1,9})$/;
/** What a fresh row needs to be on the disk when its write has been answered, and to stay there when parts are merged. */
const DURABLE = 'fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1';

/** A column of a place, as ClickHouse tells it. */
export interface FoundColumn {
  readonly table: string;
  readonly name: string;
  readonly type: string;
}

/** A table of a place, as ClickHouse tells it. */
export interface FoundTable {
  readonly name: string;
  readonly comment: string;
  /** The engine with all that it was made with. */
  readonly engine_full: string;
}

/** Rows that are read together: pages and single events are small. */
const GRANULE = 'index_granularity = 1024';

const TABLES: Readonly<Record<string, readonly Column<never>[]>> = { events: EVENT_COLUMNS, records: RECORD_COLUMNS };

/** The statement that makes a tenant's database. Its mark is made of the tenant's id, which has no sign that needs quoting. */
export function createDatabase({ database, mark }: ClickHousePlace): string {
  return `CREATE DATABASE IF NOT EXISTS ${database} COMMENT '${mark}'`;
}

/**
 * The statements that make the tables. Events lie in the order that pages are read in. What was written twice has the same month, so that merges find it.
 * @param days for how long events are kept after their arrival; for ever where there are none
 */
export function createTables({ database }: ClickHousePlace, days: number | undefined): readonly string[] {
  return [
    `CREATE TABLE IF NOT EXISTS ${database}.events (${columnsOf(EVENT_COLUMNS)},
      INDEX by_arrival received_at TYPE minmax GRANULARITY 1,
      INDEX by_time event_ms TYPE minmax GRANULARITY 1,
      INDEX by_term terms TYPE bloom_filter(0.01) GRANULARITY 1,
      INDEX by_rule rules TYPE bloom_filter(0.01) GRANULARITY 1)
    ENGINE = ReplacingMergeTree PARTITION BY toYYYYMM(received_at) ORDER BY (batch_id, idx)${days === undefined ? '' : ` TTL ${expiry(days)}`}
    SETTINGS ${GRANULE}, ${DURABLE} COMMENT 'GATRA schema ${SCHEMA}'`,
    `CREATE TABLE IF NOT EXISTS ${database}.records (${columnsOf(RECORD_COLUMNS)})
    ENGINE = ReplacingMergeTree PARTITION BY toYYYYMM(at) ORDER BY (kind, id)
    SETTINGS ${GRANULE}, ${DURABLE} COMMENT 'GATRA schema ${SCHEMA}'`,
  ];
}

/** The statement that has events expire as they should; `undefined` where they do. */
export function changeExpiry({ database }: ClickHousePlace, tables: readonly FoundTable[], days: number | undefined): string | undefined {
  const found = tables.find(({ name }) => name === 'events')?.engine_full ?? '';
  const present = /\bTTL\b.*?toIntervalDay\((\d+)\)/.exec(found)?.[1];
  if (present === (days === undefined ? undefined : String(days))) return undefined;
  return `ALTER TABLE ${database}.events ${days === undefined ? 'REMOVE TTL' : `MODIFY TTL ${expiry(days)}`}`;
}

/** What is wrong with the tables of a place, in words; `undefined` where nothing is. Columns that others have added are none of our business. */
export function schemaFault(tables: readonly FoundTable[], columns: readonly FoundColumn[]): string | undefined {
  for (const [table, expected] of Object.entries(TABLES)) {
    const found = tables.find(({ name }) => name === table);
    if (!found) return `has no table ${table}`;
    const version = Number(COMMENT.exec(found.comment)?.[1]);
    if (Number.isNaN(version)) return `has a table ${table} that GATRA has not made`;
    if (version > SCHEMA) return `has a table ${table} of schema ${version}, and this version of GATRA knows ${SCHEMA} at most`;
    const fault = columnFault(table, expected, columns);
    if (fault !== undefined) return version < SCHEMA ? `${fault}, as its schema is ${version} and must be ${SCHEMA}` : fault;
  }
  return undefined;
}

function columnFault(table: string, expected: readonly Column<never>[], columns: readonly FoundColumn[]): string | undefined {
  for (const { name, type } of expected) {
    const found = columns.find((column) => column.table === table && column.name === name);
    if (!found) return `has no column ${table}.${name} (${type})`;
    if (found.type !== type) return `has a column ${table}.${name} that is ${found.type} and must be ${type}`;
  }
  return undefined;
}

function columnsOf(columns: readonly Column<never>[]): string {
  return columns.map(({ name, type, codec }) => `${name} ${type}${codec === undefined ? '' : ` CODEC(${codec})`}`).join(', ');
}

function expiry(days: number): string {
  return `toDateTime(received_at) + toIntervalDay(${days})`;
}
