import type { BatchReceipt, NewBatch } from '../domain/event-store.js';
import type { IngestAnswer } from '../domain/ingest-answer.js';
import type { EventFile } from './event-file.js';

/** How many events were rejected with each code. */
export function byCode({ rejected }: IngestAnswer): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { code } of rejected) counts.set(code, (counts.get(code) ?? 0) + 1);
  return counts;
}

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

/** What became of a request; `undefined` where the file knows of none. A request of which nothing was stored has nothing to be inspected. */
export function readReceipt(file: EventFile, batchId: string): BatchReceipt | undefined {
  const batch = file.one('SELECT received_at, correlation_id, records, inspected FROM batch WHERE batch_id = ?', batchId);
  const receipt = file.one('SELECT received_at, correlation_id, received, duplicates, rejected FROM receipt WHERE batch_id = ?', batchId);
  const known = batch ?? receipt;
  if (!known) return undefined;
  const accepted = Number(batch?.['records'] ?? 0);
  return {
    batch_id: batchId,
    received_at: Number(known['received_at']),
    correlation_id: String(known['correlation_id']),
    received: Number(receipt?.['received'] ?? accepted),
    accepted,
    duplicates: Number(receipt?.['duplicates'] ?? 0),
    rejected: JSON.parse((receipt?.['rejected'] as string | undefined) ?? '{}') as Record<string, number>,
    inspected: batch?.['inspected'] !== 0,
    alerts_pending: file.one('SELECT 1 AS waits FROM outbox WHERE batch_id = ?', batchId) !== undefined,
  };
}
