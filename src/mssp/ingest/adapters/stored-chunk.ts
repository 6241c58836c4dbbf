import { KeysUnavailable } from '../../../platform/encryption/tenant-cipher.js';
import { parseEventId } from '../domain/event-id.js';
import { DamagedBlock } from '../domain/event-damage.js';
import type { ChunkPosition, ScannedChunk, StoredBatch, StoredRecord } from '../domain/event-store.js';
import type { DeclaredFormat } from '../domain/submission.js';
import { unpackBlock } from './chunk-block.js';
import type { EventFile } from './event-file.js';
import { indexAt } from './record-indexes.js';

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

/** Reads a row of the columns above. */
export function toBatchRow(row: Record<string, unknown>): BatchRow {
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

/** A chunk in a file; its block is unpacked when a record is first asked for. */
export class StoredChunk implements ScannedChunk {
  readonly position: ChunkPosition;
  readonly count: number;
  readonly bytes: number;
  private texts: readonly string[] | undefined;
  private rows: readonly BatchRow[] | undefined;

  /** @param summary `sequence`, `records` and `bytes` of the chunk's row */
  constructor(
    private readonly file: EventFile,
    summary: Record<string, unknown>,
  ) {
    this.position = { month: file.month, sequence: Number(summary['sequence']) };
    this.count = Number(summary['records']);
    this.bytes = Number(summary['bytes']);
  }

  /** Reads the chunk through. @throws DamagedBlock where it is not what was written. */
  check(): void {
    this.originals();
  }

  /** The chunk with a number. @throws Error where there is none. */
  static read(file: EventFile, sequence: number): StoredChunk {
    const row = file.one('SELECT sequence, records, bytes FROM chunk WHERE sequence = ?', sequence);
    if (!row) throw new Error('a batch names a chunk that is not stored');
    return new StoredChunk(file, row);
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
    return { batch_id, received_at, correlation_id, records };
  }

  private batches(): readonly BatchRow[] {
    return (this.rows ??= this.file
      .all(`SELECT ${BATCH_COLUMNS} FROM batch WHERE chunk = ? ORDER BY first`, this.position.sequence)
      .map(toBatchRow));
  }

  private originals(): readonly string[] {
    if (!this.texts) {
      const body = this.file.one('SELECT body FROM block WHERE sequence = ?', this.position.sequence)?.['body'];
      if (!(body instanceof Uint8Array)) throw new DamagedBlock('a chunk has no block');
      this.texts = this.unpack(body);
    }
    return this.texts;
  }

  private unpack(body: Uint8Array): readonly string[] {
    try {
      return unpackBlock(this.file.seal.open('block', this.position.sequence, body), this.count, this.bytes);
    } catch (error) {
      if (error instanceof KeysUnavailable) throw error;
      throw new DamagedBlock('a block is not what was written', { cause: error });
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
  return typeof text === 'string' ? (JSON.parse(text) as T) : fallback;
}
