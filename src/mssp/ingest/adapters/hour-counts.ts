import type { HourCount } from '../domain/event-store.js';
import type { EventFile } from './event-file.js';

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
