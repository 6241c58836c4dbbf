import { isRejection, parseEvent } from '../../../events/parse-event.js';
import { searchTerms } from '../../../events/search-terms.js';
import type { NewRecord } from '../domain/event-store.js';
import type { ExportedBatch } from '../domain/exported-events.js';
import { inspectedMark, type MarkedBatch } from './batch-marks.js';

/** Batches of an export, to be stored as one chunk, and the terms that it is found by. */
export function importedRecords(batches: readonly ExportedBatch[]): {
  readonly batches: readonly MarkedBatch[];
  readonly records: readonly NewRecord[];
  readonly terms: ReadonlySet<string>;
} {
  const terms = new Set<string>();
  const placed = batches.map((batch) => {
    const rules = Object.fromEntries(batch.events.flatMap((event) => (event.rules.length > 0 ? [[event.index, event.rules]] : [])));
    return {
      ...batch,
      records: batch.events.map((event) => recordOf(batch, event, terms)),
      mark: inspectedMark(batch.inspected, []),
      rules: Object.keys(rules).length > 0 ? JSON.stringify(rules) : null,
    };
  });
  return { batches: placed, records: placed.flatMap(({ records }) => records), terms };
}

/** What an event is found by; where it cannot be read any more it is stored all the same, and found by its id. */
function recordOf(batch: ExportedBatch, { index, raw, rules }: ExportedBatch['events'][number], terms: Set<string>): NewRecord {
  const event = parseEvent(raw, { index, declared: batch.source, receivedAt: batch.received_at });
  for (const rule of rules) terms.add(`rule:${rule}`);
  const bytes = Buffer.from(raw);
  if (isRejection(event)) return { index, bytes, time: batch.received_at, identity: null };
  for (const term of searchTerms(event)) terms.add(term);
  return { index, bytes, time: event.time, identity: event.identity };
}
