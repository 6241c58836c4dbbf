/** Types of columns, by the names of GoogleSQL. In rows a TIMESTAMP is milliseconds since the epoch. */
export type ColumnType = 'STRING' | 'INT64' | 'TIMESTAMP';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly mode: 'REQUIRED' | 'NULLABLE' | 'REPEATED';
}

/** Values by column; null where there is none. */
export type Row = Readonly<Record<string, string | number | readonly string[] | null>>;

/** A row to be written, and what it is known by when it is written again. */
export interface LakeRow {
  readonly id: string;
  readonly values: Row;
}

/** A table of a tenant's dataset. */
export interface LakeTable {
  readonly name: 'events' | 'records';
  /** The TIMESTAMP by whose days it is partitioned. */
  readonly partition: string;
  readonly cluster: readonly string[];
  readonly columns: readonly Column[];
}

/** First and last millisecond that a TIMESTAMP can be: the years 1 to 9999. */
export const TIMESTAMP_RANGE = { first: -62_135_596_800_000, last: 253_402_300_799_999 } as const;

const required = (type: ColumnType, ...names: readonly string[]): readonly Column[] =>
  names.map((name) => ({ name, type, mode: 'REQUIRED' }));
const nullable = (type: ColumnType, ...names: readonly string[]): readonly Column[] =>
  names.map((name) => ({ name, type, mode: 'NULLABLE' }));
const repeated = (...names: readonly string[]): readonly Column[] => names.map((name) => ({ name, type: 'STRING', mode: 'REPEATED' }));

/**
 * Events. Partitioned by arrival, which is ours: event times are whatever a sender says, and one batch of them could need more partitions than there may be.
 * Clustered by event time, which every search narrows; the id of the batch comes behind it, as batches arrive about when their events happen, so that an
 * event is found by few blocks too. `event_ms` is exact for every event, `event_time` is for people and empty where no TIMESTAMP can be it.
 */
export const EVENTS: LakeTable = {
  name: 'events',
  partition: 'received_at',
  cluster: ['event_time', 'batch_id'],
  columns: [
    ...required('STRING', 'batch_id'),
    ...required('INT64', 'idx'),
    ...required('TIMESTAMP', 'received_at'),
    ...nullable('TIMESTAMP', 'event_time'),
    ...required('INT64', 'event_ms'),
    ...required('TIMESTAMP', 'copied_at'),
    ...required('STRING', 'source', 'format'),
    ...nullable('STRING', 'action', 'outcome', 'host', 'user', 'src_ip', 'dst_ip', 'domain', 'url', 'process', 'command_line'),
    ...repeated('terms', 'rules'),
    ...required('STRING', 'normalized', 'raw'),
  ],
};

/** Alerts and entries of the audit log. Partitioned by when they were copied, as nothing that is asked for them knows when they were made. */
export const RECORDS: LakeTable = {
  name: 'records',
  partition: 'copied_at',
  cluster: ['kind', 'id'],
  columns: [
    ...required('STRING', 'kind', 'id'),
    ...nullable('TIMESTAMP', 'record_time'),
    ...required('INT64', 'record_ms'),
    ...required('TIMESTAMP', 'copied_at'),
    ...required('STRING', 'body'),
  ],
};

/** The moment as a TIMESTAMP, where it can be one. @param ms milliseconds since the epoch */
export function timestampOf(ms: number): number | null {
  return ms >= TIMESTAMP_RANGE.first && ms <= TIMESTAMP_RANGE.last ? ms : null;
}
