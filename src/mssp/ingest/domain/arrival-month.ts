import { parseEventId } from './event-id.js';

/** Month of a time (milliseconds since the epoch), UTC: `2026-11`. */
export function monthOf(time: number): string {
  return new Date(time).toISOString().slice(0, 7);
}

/** Month in which a batch arrived; an empty text for what is no batch id. */
export function monthOfBatch(batchId: string): string {
  const id = parseEventId(`${batchId}.0`);
  return id ? monthOf(id.receivedAt) : '';
}
