import type { BatchReceipt, NewBatch } from '../domain/event-store.js';
import { byCode, toReceipt } from './counted-events.js';
import type { EventFile } from './event-file.js';

/** Keeps what became of a request of which not everything was stored; of any other, its batch says all. */
export function writeReceipt(file: EventFile, { batch_id, received_at, correlation_id, answer }: NewBatch): void {
  const rejected = JSON.stringify(Object.fromEntries(byCode(answer)));
  file.run(
    'INSERT INTO receipt (batch_id, received_at, correlation_id, received, duplicates, rejected) VALUES (?, ?, ?, ?, ?, ?)',
    batch_id,
    received_at,
    correlation_id,
    answer.received,
    answer.duplicates,
    rejected,
  );
}

/** What became of a request; `undefined` where the file knows of none. */
export function readReceipt(file: EventFile, batchId: string): BatchReceipt | undefined {
  const batch = file.one('SELECT received_at, correlation_id, records, inspected FROM batch WHERE batch_id = ?', batchId);
  const receipt = file.one('SELECT received_at, correlation_id, received, duplicates, rejected FROM receipt WHERE batch_id = ?', batchId);
  const isPending = file.one('SELECT 1 AS waits FROM outbox WHERE batch_id = ?', batchId) !== undefined;
  return toReceipt(batchId, { batch, receipt, isPending });
}
