import type { Detection } from '../../../contracts/detection.js';
import type { TenantId } from '../../../contracts/tenant.js';
import type { EventIdentity } from '../../../events/event-identity.js';
import type { TenantCipher } from '../../../platform/encryption/tenant-cipher.js';
import { hasHours, monthOf, monthOfBatch } from '../domain/arrival-month.js';
import type { EventDamage } from '../domain/event-damage.js';
import { parseEventId } from '../domain/event-id.js';
import type {
  BatchReceipt,
  ChunkPosition,
  HourCount,
  LearnedState,
  NewChunk,
  PendingDetections,
  ScanFilter,
  SettledBatch,
  StoredBatch,
  StoredRecord,
} from '../domain/event-store.js';
import type { PoisonEvent } from '../domain/poison-event.js';
import { appendChunk, countEvents, markInspected, writeDetections, writeLearned, writePoison, writeSettled } from './append-chunk.js';
import { ANSWER_LIFETIME_MS, INSPECTED, inspectedMark, LEARNED_FROM, rulesByIndex } from './batch-marks.js';
import type { EventFile } from './event-file.js';
import { EventFiles } from './event-files.js';
import { readHourCounts, recountHours } from './hour-counts.js';
import { addIdentities, storedIdentities } from './identity-index.js';
import { batchesAfter, readLearned } from './learned-rows.js';
import { findAnswer, type KeptAnswer } from './kept-answers.js';
import { readDetections } from './outbox.js';
import { positionOf } from './record-indexes.js';
import { readReceipt } from './receipts.js';
import { countChunks } from './scan-chunks.js';
import { readFileChunk } from './file-chunk.js';
import { SUMMED_BATCH_COLUMNS, toBatchRow } from './stored-chunk.js';
import { writeTerms } from './term-index.js';
import { oldestIdentityMonth } from './written-identities.js';

/** One tenant's events. */
export class TenantEvents {
  readonly files: EventFiles;

  constructor(directory: string, tenant: TenantId, cipher: TenantCipher | undefined, onDamage?: (damage: EventDamage) => void) {
    this.files = new EventFiles(directory, tenant, cipher, onDamage);
  }

  duplicatesAmong(identities: readonly (EventIdentity | null)[], now: number): readonly boolean[] {
    return storedIdentities(identities, [...this.filesFrom(oldestIdentityMonth(now))]);
  }

  append(chunk: NewChunk): void {
    const [first] = chunk.batches;
    if (!first) return;
    const file = this.files.of(monthOf(first.received_at));
    const here = chunk.settled.filter(({ batch_id }) => monthOfBatch(batch_id) === file.month);
    file.transaction(() => {
      appendChunk(file, chunk);
      addIdentities(
        chunk.batches.flatMap(({ records }) => records.map(({ identity }) => identity)),
        file,
      );
      writeSettled(file, here);
    });
    this.files.noteStored(file.month);
    this.settle(chunk.settled.filter((settled) => !here.includes(settled)));
  }

  find(eventId: string): StoredRecord | undefined {
    const id = parseEventId(eventId);
    const file = id && this.files.find(monthOf(id.receivedAt));
    const found = id && file?.one(`SELECT ${SUMMED_BATCH_COLUMNS} FROM batch WHERE batch_id = ?`, id.batchId);
    if (!file || !found) return undefined;
    const row = toBatchRow(found);
    const position = positionOf(id.index, row.missing, row.records);
    return position === undefined ? undefined : readFileChunk(file, row.chunk).recordOf(row, position);
  }

  remaining(filter: ScanFilter, position: ChunkPosition): number {
    return countChunks(this.files, filter, position);
  }

  answerTo(key: string, now: number): KeptAnswer | undefined {
    const oldest = now - ANSWER_LIFETIME_MS;
    for (const file of this.filesFrom(monthOf(oldest))) {
      const kept = findAnswer(file, key, oldest);
      if (kept) return kept;
    }
    return undefined;
  }

  pending(): readonly PendingDetections[] {
    return this.collect((file) =>
      file
        .all(
          `SELECT batch_id, received_at, correlation_id, detections FROM batch LEFT JOIN outbox USING (batch_id)
           WHERE batch_id IN (SELECT batch_id FROM outbox UNION SELECT batch_id FROM poison) ORDER BY batch_id`,
        )
        .map((row) => ({
          batch_id: String(row['batch_id']),
          received_at: new Date(Number(row['received_at'])).toISOString(),
          correlation_id: String(row['correlation_id']),
          detections: readDetections(file, row),
          poison: poisonOf(file, String(row['batch_id'])),
        })),
    );
  }

  settle(settled: readonly SettledBatch[]): void {
    for (const month of new Set(settled.map(({ batch_id }) => monthOfBatch(batch_id)))) {
      const file = this.files.find(month);
      file?.transaction(() =>
        writeSettled(
          file,
          settled.filter(({ batch_id }) => monthOfBatch(batch_id) === month),
        ),
      );
    }
  }

  uninspected(): readonly StoredBatch[] {
    return this.collect((file) =>
      file
        .all(`SELECT ${SUMMED_BATCH_COLUMNS} FROM batch WHERE inspected = 0 ORDER BY batch_id`)
        .map(toBatchRow)
        .map((row) => readFileChunk(file, row.chunk).batch(row)),
    );
  }

  inspected(batchId: string, detections: readonly Detection[], poison: readonly PoisonEvent[] = []): void {
    const file = this.files.find(monthOfBatch(batchId));
    file?.transaction(() => {
      const chunk = file.one('SELECT chunk FROM batch WHERE batch_id = ? AND inspected = 0', batchId)?.['chunk'];
      if (chunk === undefined) return;
      const mark = inspectedMark(true, poison);
      markInspected(file, batchId, mark, rulesByIndex(detections));
      writeDetections(file, batchId, detections);
      writePoison(file, batchId, poison);
      writeTerms(file, new Set(detections.map(({ rule }) => `rule:${rule.id}`)), Number(chunk));
    });
  }

  learned(): { readonly state: LearnedState; readonly later: AsyncIterable<StoredBatch> } {
    return readLearned(this.files);
  }

  newest(): ChunkPosition | undefined {
    const [month] = this.files.months();
    const file = month === undefined ? undefined : this.files.find(month);
    return file && { month: file.month, sequence: file.lastSequence };
  }

  batchesAfter(position: ChunkPosition | undefined): AsyncIterable<StoredBatch> {
    return batchesAfter(this.files, position, LEARNED_FROM);
  }

  storedAfter(position: ChunkPosition | undefined): AsyncIterable<StoredBatch> {
    return batchesAfter(this.files, position, INSPECTED);
  }

  keepLearned(state: LearnedState): void {
    const [newest] = this.files.months();
    const file = newest === undefined ? undefined : this.files.find(newest);
    file?.transaction(() => writeLearned(file, state));
  }

  counts(from: number, to: number): readonly HourCount[] {
    return this.collect(
      (file) => readHourCounts(file, from, to),
      (month) => hasHours(month, from, to),
    );
  }

  recount(from: number, to: number): readonly HourCount[] {
    return this.collect(
      (file) => recountHours(file, from, to),
      (month) => hasHours(month, from, to),
    );
  }

  receiptOf(batchId: string): BatchReceipt | undefined {
    const file = this.files.find(monthOfBatch(batchId));
    return file && readReceipt(file, batchId);
  }

  addShed(at: number, reason: string, events: number): void {
    const file = this.files.of(monthOf(at));
    file.transaction(() => {
      countEvents(file, at, 'received', '', events);
      countEvents(file, at, 'shed', reason, events);
    });
  }

  close(): void {
    this.files.close();
  }

  /** Files of a month and all later ones, newest first. */
  private *filesFrom(oldest: string): Generator<EventFile> {
    for (const month of this.files.months()) {
      const file = month >= oldest && this.files.find(month);
      if (file) yield file;
    }
  }

  /** What is read from each file, or those of some months, oldest first; files are opened one after another. */
  private collect<T>(read: (file: EventFile) => readonly T[], isAsked: (month: string) => boolean = () => true): T[] {
    return [...this.files.months()]
      .filter(isAsked)
      .reverse()
      .flatMap((month) => {
        const file = this.files.find(month);
        return file ? read(file) : [];
      });
  }
}

function poisonOf(file: EventFile, batchId: string): readonly PoisonEvent[] {
  const rows = file.all('SELECT position, reason, attempts FROM poison WHERE batch_id = ? ORDER BY position', batchId);
  return rows.map((row) => ({ index: Number(row['position']), reason: String(row['reason']), attempts: Number(row['attempts']) }));
}
