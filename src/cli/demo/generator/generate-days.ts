import { generateDay } from './generate-day.js';
import type { GeneratedEvent } from './generated-event.js';
import { RecordNumbers } from './record-numbers.js';

const DAY = 24 * 60 * 60_000;

/**
 * One day of one company after another, without end: the same machines and people, event logs that go on counting, each day with work and an
 * intrusion of its own.
 */
export function* generateDays(seed: number, from: Date): Generator<GeneratedEvent> {
  const numbers = new RecordNumbers(seed);
  for (let day = 0; ; day += 1) {
    yield* generateDay({ seed: seed + day, companySeed: seed, day: new Date(from.getTime() + day * DAY), numbers });
  }
}
