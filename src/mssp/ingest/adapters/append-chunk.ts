import type { Detection } from '../../../contracts/detection.js';
import type { LearnedState, NewBatch, NewChunk, SettledBatch } from '../domain/event-store.js';
import type { PoisonEvent } from '../domain/poison-event.js';
import { inspectedMark, rulesByIndex, timesOf } from './batch-marks.js';
import { packBlock } from './chunk-block.js';
import { countsOf, hourOf } from './counted-events.js';
import type { EventFile } from './event-file.js';
import { countAlerts, writeAnswer } from './kept-answers.js';
import { missingIndexes } from './record-indexes.js';
import { writeReceipt } from './receipts.js';
import { blockSum, rowSum } from './row-sum.js';
import { SUMMED_BATCH_COLUMNS } from './stored-chunk.js';
import { writeTerms } from './term-index.js';

/** Writes a chunk; to be run inside a transaction of the file. */
export function appendChunk(file: EventFile, chunk: NewChunk): void {
  const records = chunk.batches.flatMap((batch) => batch.records);
  const sequence = records.length > 0 ? writeBlock(file, chunk.terms, records) : file.lastSequence;
  let first = 0;
  for (const batch of chunk.batches) {
    if (batch.records.length > 0) writeBatch(file, batch, sequence, first);
    if (batch.records.length !== batch.answer.received) writeReceipt(file, batch);
    first += batch.records.length;
    writeAnswer(file, batch);
    countBatch(file, batch);
  }
  if (chunk.learned !== undefined) writeLearned(file, chunk.learned);
}

/** Stores learned state as covering everything in the file. */
export function writeLearned(file: EventFile, state: LearnedState): void {
  const chunk = file.lastSequence;
  file.run('INSERT OR REPLACE INTO learned (only, chunk, state) VALUES (1, ?, ?)', chunk, state && file.seal.seal('learned', chunk, state));
}

/** Takes settled batches out of the outbox; to be run inside a transaction of the file of their month. */
export function writeSettled(file: EventFile, settled: readonly SettledBatch[]): void {
  for (const { batch_id, alerts } of settled) {
    file.run('DELETE FROM outbox WHERE batch_id = ?', batch_id);
    file.run('DELETE FROM poison WHERE batch_id = ?', batch_id);
    countAlerts(file, batch_id, alerts);
  }
}

/** Keeps a batch's detections until they have become alerts. */
export function writeDetections(file: EventFile, batchId: string, detections: readonly Detection[]): void {
  if (detections.length === 0) return;
  file.run(
    'INSERT OR REPLACE INTO outbox (batch_id, detections) VALUES (?, ?)',
    batchId,
    file.seal.sealText(batchId, JSON.stringify(detections)),
  );
}

/** Keeps which events of a batch cannot be inspected until they have become dead letters. */
export function writePoison(file: EventFile, batchId: string, poison: readonly PoisonEvent[]): void {
  for (const { index, reason, attempts } of poison) {
    file.run('INSERT OR REPLACE INTO poison (batch_id, position, reason, attempts) VALUES (?, ?, ?, ?)', batchId, index, reason, attempts);
  }
}

/** Adds to an hour's counter. */
export function countEvents(file: EventFile, at: number, kind: string, code: string, events: number): void {
  if (events === 0) return;
  file.run(
    'INSERT INTO hour_count (hour, kind, code, events) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET events = events + excluded.events',
    hourOf(at),
    kind,
    code,
    events,
  );
}

/** Writes records as the next chunk, found by these terms; answers its number. To be run inside a transaction of the file. */
export function writeBlock(file: EventFile, terms: NewChunk['terms'], records: readonly NewBatch['records'][number][]): number {
  const { body, bytes } = packBlock(records.map((record) => record.bytes));
  const { first, last } = timesOf(records);
  const sequence = file.lastSequence + 1;
  writeChunkRow(file, { sequence, first_time: first, last_time: last, records: records.length, bytes });
  const sealed = file.seal.seal('block', sequence, body);
  file.insert('block', { sequence, body: sealed, sum: blockSum(sequence, sealed) });
  writeTerms(file, terms, sequence);
  return sequence;
}

/** Notes what a chunk holds. To be run inside a transaction of the file. */
export function writeChunkRow(file: EventFile, row: ChunkRow): void {
  const values = { ...row };
  file.insert('chunk', { ...values, sum: rowSum('chunk', values) });
}

/** Notes what a later inspection found in a batch. To be run inside a transaction of the file. */
export function markInspected(file: EventFile, batchId: string, mark: number, rules: string | null): void {
  const row = file.one(`SELECT ${SUMMED_BATCH_COLUMNS} FROM batch WHERE batch_id = ?`, batchId);
  const sum = rowSum('batch', { ...row, rules });
  file.run('UPDATE batch SET inspected = ?, rules = ?, sum = ? WHERE batch_id = ?', mark, rules, sum, batchId);
}

function writeBatch(file: EventFile, batch: NewBatch, sequence: number, first: number): void {
  const inspected = inspectedMark(batch.inspected, batch.poison);
  writeBatchRow(file, batch, { sequence, first, inspected, rules: rulesByIndex(batch.detections) });
  writeDetections(file, batch.batch_id, batch.detections);
  writePoison(file, batch.batch_id, batch.poison);
}

/** A row of the chunk table. */
export interface ChunkRow {
  readonly sequence: number;
  /** Of its events, milliseconds since the epoch. */
  readonly first_time: number;
  readonly last_time: number;
  readonly records: number;
  /** Of the originals together. */
  readonly bytes: number;
}

/** What a row of the batch table says of a request. */
type WrittenBatch = Pick<NewBatch, 'batch_id' | 'records' | 'received_at' | 'correlation_id' | 'source'>;

/** Where the records of a request begin in their chunk, and what is known of them. */
interface BatchPlace {
  readonly sequence: number;
  readonly first: number;
  /** As `inspectedMark` has it. */
  readonly inspected: number;
  readonly rules: string | null;
}

/** Notes which records of a chunk belong to a request. To be run inside a transaction of the file. */
export function writeBatchRow(file: EventFile, batch: WrittenBatch, { sequence, first, inspected, rules }: BatchPlace): void {
  const { batch_id, received_at, correlation_id, source } = batch;
  const indexes = missingIndexes(batch.records);
  const records = batch.records.length;
  const row = { batch_id, chunk: sequence, first, records, indexes, received_at, correlation_id, source, inspected, rules };
  file.insert('batch', { ...row, sum: rowSum('batch', row) });
}

function countBatch(file: EventFile, { received_at: at, answer, records }: NewBatch): void {
  for (const { kind, code, events } of countsOf(answer, records.length)) countEvents(file, at, kind, code, events);
}
