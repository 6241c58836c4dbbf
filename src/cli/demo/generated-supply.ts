import { BATCH_SIZE, type EventLines, type EventSupply } from './event-batch.js';
import { generateDay } from './generator/generate-day.js';
import { generateDays } from './generator/generate-days.js';
import type { EventLabel, GeneratedEvent } from './generator/generated-event.js';

/** The generated day, in the order of time as far as sending by source in batches leaves it. */
export function generatedSupply(seed: number, day: Date, size = BATCH_SIZE): EventSupply {
  return { inFlight: 1, batches: () => batches(generateDay({ seed, day }), size) };
}

/** A company's days from one on, without end. */
export function endlessSupply(seed: number, from: Date, size: number): EventSupply {
  return { inFlight: 1, batches: () => batches(generateDays(seed, from), size) };
}

function* batches(events: Iterable<GeneratedEvent>, size: number): Generator<EventLines> {
  const bySource = new Map<string, { lines: Buffer[]; labels: EventLabel[] }>();
  for (const { source, event, label } of events) {
    const open = bySource.get(source) ?? { lines: [], labels: [] };
    bySource.set(source, open);
    open.lines.push(Buffer.from(JSON.stringify(event)));
    open.labels.push(label);
    if (open.lines.length === size) {
      bySource.delete(source);
      yield { source, ...open };
    }
  }
  for (const [source, rest] of bySource) yield { source, ...rest };
}
