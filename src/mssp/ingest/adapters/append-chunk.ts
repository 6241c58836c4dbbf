import type { Detection } from '../../../contracts/detection.js';
import type { LearnedState, NewBatch, NewChunk, SettledBatch } from '../domain/event-store.js';
import type { PoisonEvent } from '../domain/poison-event.js';
import { packBlock } from './chunk-block.js';
import type { EventFile } from './event-file.js';
import { missingIndexes } from './record-indexes.js';
import { byCode, writeReceipt } from './receipts.js';
import { writeTerms } from './term-index.js';

/** How long answers are kept under their idempotency key, in milliseconds. */
export const ANSWER_LIFETIME_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;

/** Writes a chunk; to be run inside a transaction of the file. */
export function appendChunk(file: EventFile, chunk: NewChunk): void {
  const records = chunk.batches.flatMap((batch) => batch.records);
  const sequence = records.length > 0 ? writeBlock(file, chunk.terms, records) : file.lastSequence;
  let first = 0;
  for (const batch of chunk.batches) {
    if (batch.records.length > 0) writeBatch(file, batch, sequence, first);
    if (batch.records.length !== batch.answer.received) writeReceipt(file, batch);
    first += batch.records.length;
    if (batch.idempotency) writeAnswer(file, batch);
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
    file.run(
      `UPDATE answer SET body = json_set(body, '$.alerts_raised', ?1) WHERE batch_id = ?2 AND json_extract(body, '$.alerts_raised') <> ?1`,
      BigInt(alerts),
      batch_id,
    );
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

/** What stands in the column `inspected`: 0 not yet, 1 all of it, 2 all but events that cannot be; from these no detector learns after a restart. */
export function inspectedMark(inspected: boolean, poison: readonly PoisonEvent[]): number {
  if (!inspected) return 0;
  return poison.length === 0 ? 1 : 2;
}

/** Ids of the rules that matched each event, as JSON by index; null where none did. */
export function rulesByIndex(detections: readonly Detection[]): string | null {
  if (detections.length === 0) return null;
  const rules: Record<number, string[]> = {};
  for (const { event_index: index, rule } of detections) {
    const known = (rules[index] ??= []);
    if (!known.includes(rule.id)) known.push(rule.id);
  }
  return JSON.stringify(rules);
}

/** Adds to an hour's counter. */
export function countEvents(file: EventFile, at: number, kind: string, code: string, events: number): void {
  if (events === 0) return;
  const hour = Math.floor(at / HOUR_MS) * HOUR_MS;
  file.run(
    'INSERT INTO hour_count (hour, kind, code, events) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET events = events + excluded.events',
    hour,
    kind,
    code,
    events,
  );
}

/** Writes records as the next chunk, found by these terms; answers its number. To be run inside a transaction of the file. */
export function writeBlock(file: EventFile, terms: NewChunk['terms'], records: readonly NewBatch['records'][number][]): number {
  const { body, bytes } = packBlock(records.map((record) => record.bytes));
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { time } of records) {
    if (time < first) first = time;
    if (time > last) last = time;
  }
  const sequence = file.lastSequence + 1;
  const summary = [sequence, Math.floor(first), Math.ceil(last), records.length, bytes];
  file.run('INSERT INTO chunk (sequence, first_time, last_time, records, bytes) VALUES (?, ?, ?, ?, ?)', ...summary);
  file.run('INSERT INTO block (sequence, body) VALUES (?, ?)', sequence, file.seal.seal('block', sequence, body));
  writeTerms(file, terms, sequence);
  return sequence;
}

function writeBatch(file: EventFile, batch: NewBatch, sequence: number, first: number): void {
  const inspected = inspectedMark(batch.inspected, batch.poison);
  writeBatchRow(file, batch, { sequence, first, inspected, rules: rulesByIndex(batch.detections) });
  writeDetections(file, batch.batch_id, batch.detections);
  writePoison(file, batch.batch_id, batch.poison);
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
  file.run(
    `INSERT INTO batch (batch_id, chunk, first, records, indexes, received_at, correlation_id, source, inspected, rules)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    batch.batch_id,
    sequence,
    first,
    batch.records.length,
    missingIndexes(batch.records),
    batch.received_at,
    batch.correlation_id,
    batch.source,
    inspected,
    rules,
  );
}

function writeAnswer(file: EventFile, { idempotency, answer, batch_id, received_at }: NewBatch): void {
  if (!idempotency) return;
  file.run('DELETE FROM answer WHERE answered_at < ?', received_at - ANSWER_LIFETIME_MS);
  file.run(
    'INSERT OR REPLACE INTO answer (key, digest, batch_id, body, answered_at) VALUES (?, ?, ?, ?, ?)',
    idempotency.key,
    idempotency.digest,
    batch_id,
    JSON.stringify(answer),
    received_at,
  );
}

function countBatch(file: EventFile, { received_at: at, answer, records }: NewBatch): void {
  countEvents(file, at, 'received', '', answer.received);
  countEvents(file, at, 'stored', '', records.length);
  countEvents(file, at, 'duplicate', '', answer.duplicates);
  for (const [code, events] of byCode(answer)) countEvents(file, at, 'rejected', code, events);
}
