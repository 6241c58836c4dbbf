import type { HourCount } from '../domain/event-store.js';
import type { EventFile } from './event-file.js';

const HOUR_MS = 3_600_000;

/** Counts of a file's hours that begin in `from` (included) to `to` (excluded), in order. */
export function readHourCounts(file: EventFile, from: number, to: number): readonly HourCount[] {
  const rows = file.all('SELECT hour, kind, code, events FROM hour_count WHERE hour >= ? AND hour < ? ORDER BY hour, kind, code', from, to);
  const hours = new Map<number, Record<string, unknown>[]>();
  for (const row of rows) {
    const hour = Number(row['hour']);
    const known = hours.get(hour);
    if (known) known.push(row);
    else hours.set(hour, [row]);
  }
  return [...hours].map(([hour, counts]) => toHourCount(hour, counts));
}

/** The same, with what is stored counted anew: ids of batches begin with the time of their arrival (RFC 9562, UUID version 7). */
export function recountHours(file: EventFile, from: number, to: number): readonly HourCount[] {
  return file.snapshot(() =>
    readHourCounts(file, from, to).map((count) => {
      const end = count.hour + HOUR_MS;
      const found = file.one(
        'SELECT sum(records) AS events FROM batch WHERE batch_id >= ? AND batch_id < ?',
        firstId(count.hour),
        firstId(end),
      );
      return { ...count, stored: Number(found?.['events'] ?? 0) };
    }),
  );
}

/** What every id made at a time or later is equal to or greater than. */
function firstId(time: number): string {
  const digits = time.toString(16).padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}-`;
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
