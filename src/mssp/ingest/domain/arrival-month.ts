import { parseEventId } from './event-id.js';

/** Month of a time (milliseconds since the epoch), UTC: `2026-11`. */
export function monthOf(time: number): string {
  return new Date(time).toISOString().slice(0, 7);
}

/** Whether hours of a month begin in `from` (included) to `to` (excluded), milliseconds since the epoch. */
export function hasHours(month: string, from: number, to: number): boolean {
  const first = new Date(`${month}-01T00:00:00Z`);
  return first.getTime() < to && Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 1) > from;
}

/** The calendar month before one. */
export function monthBefore(month: string): string {
  return monthOf(Date.parse(`${month}-01T00:00:00Z`) - 1);
}

/** Month in which a batch arrived; an empty text for what is no batch id. */
export function monthOfBatch(batchId: string): string {
  const id = parseEventId(`${batchId}.0`);
  return id ? monthOf(id.receivedAt) : '';
}
