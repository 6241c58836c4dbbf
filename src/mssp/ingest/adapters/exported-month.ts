import type { ExportedBatch, ExportedCount, ExportedLine, ExportedReceipt } from '../domain/exported-events.js';
import { writeBatchRow, writeBlock } from './append-chunk.js';
import type { EventFile } from './event-file.js';
import { importedRecords } from './imported-records.js';
import { addIdentities } from './identity-index.js';
import { readFileChunk } from './file-chunk.js';
import { SUMMED_BATCH_COLUMNS, toBatchRow } from './stored-chunk.js';

/** Batches whose detections are not alerts yet, or that are not inspected as a whole, of a chunk. */
const WAITING = `SELECT batch_id FROM batch WHERE chunk = ? AND (inspected <> 1
  OR batch_id IN (SELECT batch_id FROM outbox) OR batch_id IN (SELECT batch_id FROM poison))`;

/** All that an export has of a month, as of now: batches in the order in which they were stored, receipts, counts. @throws DamagedPart */
export function* exportMonth(file: EventFile): Generator<ExportedLine> {
  const last = file.lastSequence;
  for (let chunk = 1; chunk <= last; chunk += 1) {
    const rows = file.all(`SELECT ${SUMMED_BATCH_COLUMNS} FROM batch WHERE chunk = ? ORDER BY first`, chunk).map(toBatchRow);
    if (rows.length === 0) continue;
    const waiting = new Set(file.all(WAITING, chunk).map((row) => String(row['batch_id'])));
    const stored = readFileChunk(file, chunk);
    for (const row of rows) {
      const { batch_id, received_at, correlation_id, records } = stored.batch(row);
      const events = records.map(({ index, raw, rules }) => ({ index, raw, rules }));
      yield { type: 'batch', batch_id, received_at, correlation_id, source: row.source, inspected: !waiting.has(batch_id), events };
    }
  }
  for (const row of file.all(
    'SELECT batch_id, received_at, correlation_id, received, duplicates, rejected FROM receipt ORDER BY batch_id',
  )) {
    const rejected = JSON.parse(String(row['rejected'])) as ExportedReceipt['rejected'];
    yield { type: 'receipt', ...(row as unknown as ExportedReceipt), rejected };
  }
  for (const row of file.all('SELECT hour, kind, code, events FROM hour_count ORDER BY hour, kind, code')) {
    yield { type: 'count', ...(row as unknown as ExportedCount) };
  }
}

/** Stores exported batches as one chunk, found by the same terms and known again by the same identities; answers how many events they have. */
export function importBatches(file: EventFile, batches: readonly ExportedBatch[]): number {
  const { batches: placed, records, terms } = importedRecords(batches);
  if (records.length === 0) return 0;
  file.transaction(() => {
    const sequence = writeBlock(file, terms, records);
    let first = 0;
    for (const batch of placed) {
      writeBatchRow(file, batch, { sequence, first, inspected: batch.mark, rules: batch.rules });
      first += batch.records.length;
    }
    addIdentities(
      records.map(({ identity }) => identity),
      file,
    );
  });
  return records.length;
}

/** Stores receipts and counts. */
export function importAccount(file: EventFile, lines: readonly Exclude<ExportedLine, { type: 'batch' }>[]): void {
  file.transaction(() => {
    for (const line of lines) {
      if (line.type === 'count') {
        const { hour, kind, code, events } = line;
        file.run('INSERT INTO hour_count (hour, kind, code, events) VALUES (?, ?, ?, ?)', hour, kind, code, events);
        continue;
      }
      const { batch_id, received_at, correlation_id, received, duplicates, rejected } = line;
      file.run(
        'INSERT INTO receipt (batch_id, received_at, correlation_id, received, duplicates, rejected) VALUES (?, ?, ?, ?, ?, ?)',
        batch_id,
        received_at,
        correlation_id,
        received,
        duplicates,
        JSON.stringify(rejected),
      );
    }
  });
}
