import type { BatchReceipt, HourCount } from '../domain/event-store.js';
import type { IngestAnswer } from '../domain/ingest-answer.js';

export const HOUR_MS = 3_600_000;

/** Events of one kind, to be added to an hour's counter. */
export interface CountedEvents {
  readonly kind: 'received' | 'stored' | 'duplicate' | 'rejected' | 'shed';
  /** Why they were rejected or turned away; empty for the other kinds. */
  readonly code: string;
  readonly events: number;
}

/** Start of the hour that a time is in, milliseconds since the epoch. */
export function hourOf(time: number): number {
  return Math.floor(time / HOUR_MS) * HOUR_MS;
}

/** How many events were rejected with each code. */
export function byCode({ rejected }: IngestAnswer): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { code } of rejected) counts.set(code, (counts.get(code) ?? 0) + 1);
  return counts;
}

/** What a request adds to the counters of its hour. */
export function countsOf(answer: IngestAnswer, stored: number): readonly CountedEvents[] {
  return [
    { kind: 'received', code: '', events: answer.received },
    { kind: 'stored', code: '', events: stored },
    { kind: 'duplicate', code: '', events: answer.duplicates },
    ...[...byCode(answer)].map(([code, events]) => ({ kind: 'rejected' as const, code, events })),
  ];
}

/** Counts by hour, of rows in order of their hour. */
export function toHourCounts(rows: readonly Record<string, unknown>[]): readonly HourCount[] {
  const hours = new Map<number, Record<string, unknown>[]>();
  for (const row of rows) {
    const hour = Number(row['hour']);
    const known = hours.get(hour);
    if (known) known.push(row);
    else hours.set(hour, [row]);
  }
  return [...hours].map(([hour, counts]) => toHourCount(hour, counts));
}

function toHourCount(hour: number, rows: readonly Record<string, unknown>[]): HourCount {
  const of = (kind: string): Record<string, number> =>
    Object.fromEntries(rows.filter((row) => row['kind'] === kind).map((row) => [String(row['code']), Number(row['events'])]));
  const single = (kind: string): number => of(kind)[''] ?? 0;
  return {
    hour,
    received: single('received'),
    stored: single('stored'),
    duplicates: single('duplicate'),
    rejected: of('rejected'),
    shed: of('shed'),
  };
}

/** What is stored of a request: its row in the table of batches, that in the table of receipts, and whether detections wait to become alerts. */
export interface StoredAccount {
  readonly batch: Record<string, unknown> | undefined;
  readonly receipt: Record<string, unknown> | undefined;
  readonly isPending: boolean;
}

/** What became of a request; `undefined` where nothing is stored of it. A request of which nothing was stored has nothing to be inspected. */
export function toReceipt(batchId: string, { batch, receipt, isPending }: StoredAccount): BatchReceipt | undefined {
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
    inspected: batch === undefined || Number(batch['inspected']) !== 0,
    alerts_pending: isPending,
  };
}
