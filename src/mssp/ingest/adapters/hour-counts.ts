import type { HourCount } from '../domain/event-store.js';
import { HOUR_MS, toHourCounts } from './counted-events.js';
import type { EventFile } from './event-file.js';

/** Counts of a file's hours that begin in `from` (included) to `to` (excluded), in order. */
export function readHourCounts(file: EventFile, from: number, to: number): readonly HourCount[] {
  const rows = file.all('SELECT hour, kind, code, events FROM hour_count WHERE hour >= ? AND hour < ? ORDER BY hour, kind, code', from, to);
  return toHourCounts(rows);
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
