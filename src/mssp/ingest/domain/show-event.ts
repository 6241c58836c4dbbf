import { eventIdOf } from './event-id.js';
import type { ShownEvent } from './event-pipeline.js';
import type { StoredRecord } from './event-store.js';
import { reparse } from './search.js';

/** A stored event as it is shown; `undefined` where this version cannot read it any more. */
export function showEvent(record: StoredRecord): ShownEvent | undefined {
  const event = reparse(record);
  if (!event) return undefined;
  return {
    event_id: eventIdOf(record.batch_id, record.index),
    batch_id: record.batch_id,
    received_at: new Date(record.received_at).toISOString(),
    time: event.normalized.time,
    format: event.format,
    source: record.source,
    raw: record.raw,
    normalized: event.normalized,
    rules: record.rules,
  };
}
