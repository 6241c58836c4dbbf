import { KeysUnavailable } from '../../../platform/encryption/tenant-cipher.js';
import { parseEventId } from '../domain/event-id.js';
import { DamagedPart } from '../domain/event-damage.js';
import type { ChunkPosition, ScannedChunk, StoredBatch, StoredRecord } from '../domain/event-store.js';
import type { DeclaredFormat } from '../domain/submission.js';
import { unpackBlock } from './chunk-block.js';
import type { MonthSeal } from './month-seal.js';
import { indexAt } from './record-indexes.js';
import { checkRow } from './row-sum.js';

/** A row of the batch table. */
export interface BatchRow {
  readonly batch_id: string;
  readonly chunk: number;
  readonly first: number;
  readonly records: number;
  /** Indexes that no record has. */
  readonly missing: readonly number[];
  readonly received_at: number;
  readonly correlation_id: string;
  readonly source: DeclaredFormat;
  readonly rules: Readonly<Record<string, readonly string[]>>;
}

export const BATCH_COLUMNS = 'batch_id, chunk, first, records, indexes, received_at, correlation_id, source, rules';

/** The same in a file, whose rows have sums. */
export const SUMMED_BATCH_COLUMNS = `${BATCH_COLUMNS}, sum`;

/** Reads a row of either. @throws DamagedPart */
export function toBatchRow(row: Record<string, unknown>): BatchRow {
  checkRow('batch', row);
  return {
    batch_id: String(row['batch_id']),
    chunk: Number(row['chunk']),
    first: Number(row['first']),
    records: Number(row['records']),
    missing: parseJson<readonly number[]>(row['indexes'], []),
    received_at: Number(row['received_at']),
    correlation_id: String(row['correlation_id']),
    source: String(row['source']) as DeclaredFormat,
    rules: parseJson<BatchRow['rules']>(row['rules'], {}),
  };
}

/** Where the parts of a chunk come from; each is asked for once at most. */
export interface ChunkSource {
  readonly seal: MonthSeal;
  /** Rows of the batches in it, in order of `first`. */
  readonly batches: () => readonly BatchRow[];
  /** Its block as it is stored; `undefined` where there is none. */
  readonly body: () => Uint8Array | undefined;
}

/** A stored chunk; its block is unpacked when a record is first asked for. */
export class StoredChunk implements ScannedChunk {
  readonly count: number;
  readonly bytes: number;
  private texts: readonly string[] | undefined;
  private rows: readonly BatchRow[] | undefined;

  /** @param summary `records` and `bytes` of the chunk's row */
  constructor(
    readonly position: ChunkPosition,
    summary: Record<string, unknown>,
    private readonly source: ChunkSource,
  ) {
    this.count = Number(summary['records']);
    this.bytes = Number(summary['bytes']);
  }

  /** Reads the chunk through. @throws DamagedPart where it is not what was written. */
  check(): void {
    this.originals();
  }

  record(position: number): StoredRecord {
    const row = this.batches().findLast(({ first }) => first <= position);
    if (!row) throw new RangeError('no such record');
    return this.recordOf(row, position - row.first);
  }

  /** The record at a position of a batch of this chunk. */
  recordOf(row: BatchRow, position: number): StoredRecord {
    const raw = this.originals()[row.first + position];
    if (raw === undefined) throw new RangeError('no such record');
    const index = indexAt(position, row.missing);
    const { batch_id, received_at, source } = row;
    return { batch_id, index, received_at, source, raw, rules: row.rules[index] ?? [] };
  }

  /** A batch of this chunk with its records. */
  batch(row: BatchRow): StoredBatch {
    const { batch_id, received_at, correlation_id } = row;
    const records = Array.from({ length: row.records }, (_, position) => this.recordOf(row, position));
    return { batch_id, position: this.position, received_at, correlation_id, records };
  }

  private batches(): readonly BatchRow[] {
    return (this.rows ??= this.source.batches());
  }

  private originals(): readonly string[] {
    if (!this.texts) {
      const body = this.source.body();
      if (body === undefined) throw new DamagedPart('a chunk has no block');
      this.texts = this.unpack(body);
    }
    return this.texts;
  }

  private unpack(body: Uint8Array): readonly string[] {
    try {
      return unpackBlock(this.source.seal.open('block', this.position.sequence, body), this.count, this.bytes);
    } catch (error) {
      if (error instanceof KeysUnavailable) throw error;
      throw new DamagedPart('a block is not what was written', { cause: error });
    }
  }
}

/** Whether a row's time of arrival is the one that its batch's id holds. */
export function isOfItsTime(row: Record<string, unknown>): boolean {
  return parseEventId(`${String(row['batch_id'])}.0`)?.receivedAt === Number(row['received_at']);
}

/** Whether a batch is of its time, and its file the one of that month: a file that was copied over another's name is not. */
export function isInItsMonth(row: Record<string, unknown>, month: string): boolean {
  return isOfItsTime(row) && new Date(Number(row['received_at'])).toISOString().startsWith(month);
}

function parseJson<T>(text: unknown, fallback: T): T {
  if (typeof text !== 'string') return fallback;
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new DamagedPart('a row is not what was written', { cause: error });
  }
}
