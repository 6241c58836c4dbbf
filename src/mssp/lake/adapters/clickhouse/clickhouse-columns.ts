import type { LakeEvent, LakeRecord } from '../../domain/lake-event.js';
import { foldedText } from './folded-text.js';

/** A column of a table: what it is there, and what of an item it holds. */
export interface Column<T> {
  readonly name: string;
  /** As ClickHouse writes it. */
  readonly type: string;
  readonly codec?: string;
  readonly of: (item: T) => unknown;
}

const TEXT = 'String';
const WORD = 'LowCardinality(String)';
const WORDS = 'Array(String)';
const MOMENT = "DateTime64(3, 'UTC')";
const EXACT_MS = 'Int64';
const COMPACT = 'ZSTD(1)';
const RISING = 'Delta, ZSTD(1)';

/** What `DateTime64(3)` can hold: the years 1900 to 2299. */
const FIRST_MOMENT = Date.UTC(1900, 0, 1);
const LAST_MOMENT = Date.UTC(2300, 0, 1) - 1;

/** Columns of `events`: what GATRA reads back, and what an analyst asks for. `event_time` is the nearest that the type can hold, `event_ms` is exact. */
export const EVENT_COLUMNS: readonly Column<LakeEvent>[] = [
  { name: 'batch_id', type: TEXT, codec: COMPACT, of: ({ batch_id }) => batch_id },
  { name: 'idx', type: 'UInt32', codec: RISING, of: ({ index }) => index },
  { name: 'received_at', type: MOMENT, codec: RISING, of: ({ received_at }) => momentOf(received_at) },
  { name: 'event_time', type: MOMENT, codec: RISING, of: ({ time }) => momentOf(time) },
  { name: 'event_ms', type: EXACT_MS, codec: RISING, of: ({ time }) => Math.floor(time) },
  { name: 'source', type: WORD, of: ({ source }) => source },
  { name: 'format', type: WORD, of: ({ normalized }) => normalized.format },
  { name: 'product', type: WORD, of: ({ normalized }) => textOf(normalized.product) },
  { name: 'service', type: WORD, of: ({ normalized }) => textOf(normalized.service) },
  { name: 'action', type: WORD, of: ({ normalized }) => textOf(normalized.action) },
  { name: 'outcome', type: WORD, of: ({ normalized }) => textOf(normalized.outcome) },
  { name: 'host', type: TEXT, codec: COMPACT, of: ({ normalized }) => textOf(normalized.host) },
  { name: 'user', type: TEXT, codec: COMPACT, of: ({ normalized }) => textOf(normalized.user) },
  { name: 'src_ip', type: TEXT, codec: COMPACT, of: ({ normalized }) => textOf(normalized.src_ip) },
  { name: 'dst_ip', type: TEXT, codec: COMPACT, of: ({ normalized }) => textOf(normalized.dst_ip) },
  { name: 'dst_port', type: 'Nullable(UInt16)', of: ({ normalized }) => portOf(normalized.dst_port) },
  { name: 'domain', type: TEXT, codec: COMPACT, of: ({ normalized }) => textOf(normalized.domain) },
  { name: 'url', type: TEXT, codec: COMPACT, of: ({ normalized }) => textOf(normalized.url) },
  { name: 'process', type: TEXT, codec: COMPACT, of: ({ normalized }) => textOf(normalized.process) },
  { name: 'parent_process', type: TEXT, codec: COMPACT, of: ({ normalized }) => textOf(normalized.parent_process) },
  { name: 'command_line', type: TEXT, codec: COMPACT, of: ({ normalized }) => textOf(normalized.command_line) },
  { name: 'file', type: TEXT, codec: COMPACT, of: ({ normalized }) => textOf(normalized.file) },
  { name: 'hashes', type: WORDS, codec: COMPACT, of: ({ normalized }) => textsOf(normalized.hashes) },
  { name: 'cloud_account', type: WORD, of: ({ normalized }) => textOf(normalized.cloud_account) },
  { name: 'rules', type: WORDS, codec: COMPACT, of: ({ rules }) => textsOf(rules) },
  { name: 'terms', type: WORDS, codec: COMPACT, of: ({ terms }) => textsOf(terms) },
  { name: 'raw', type: TEXT, codec: COMPACT, of: ({ raw }) => textOf(raw) },
  { name: 'folded', type: TEXT, codec: COMPACT, of: ({ raw }) => textOf(foldedText(raw)) },
];

/** Columns of `records`. */
export const RECORD_COLUMNS: readonly Column<LakeRecord>[] = [
  { name: 'kind', type: WORD, of: ({ kind }) => kind },
  { name: 'id', type: TEXT, of: ({ id }) => textOf(id) },
  { name: 'at', type: MOMENT, of: ({ at }) => momentOf(at) },
  { name: 'at_ms', type: EXACT_MS, of: ({ at }) => Math.floor(at) },
  { name: 'body', type: TEXT, codec: COMPACT, of: ({ body }) => JSON.stringify(body) },
];

/** An item as a row: its values in the order of the columns. */
export function rowOf<T>(columns: readonly Column<T>[], item: T): readonly unknown[] {
  return columns.map(({ of }) => of(item));
}

/** The nearest moment that `DateTime64(3)` can hold, milliseconds since the epoch. */
export function nearestMoment(ms: number): number {
  return Math.min(Math.max(Math.floor(ms), FIRST_MOMENT), LAST_MOMENT);
}

/** A moment as ClickHouse reads it whatever it is set to. */
function momentOf(ms: number): string {
  return new Date(nearestMoment(ms)).toISOString().slice(0, -1).replace('T', ' ');
}

/** Half of a surrogate pair would have the whole write refused. */
function textOf(text = ''): string {
  return text.toWellFormed();
}

function textsOf(texts: readonly string[] = []): readonly string[] {
  return texts.map((text) => text.toWellFormed());
}

function portOf(port: number | undefined): number | null {
  return port !== undefined && Number.isInteger(port) && port >= 0 && port <= 65_535 ? port : null;
}
