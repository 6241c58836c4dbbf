import type { Detection } from '../../../contracts/detection.js';
import type { NewBatch } from '../domain/event-store.js';
import type { PoisonEvent } from '../domain/poison-event.js';

/** How long answers are kept under their idempotency key, in milliseconds. */
export const ANSWER_LIFETIME_MS = 24 * 3_600_000;

/** What the column `inspected` says of batches that detectors learn from again, and of all that were inspected. */
export const LEARNED_FROM = [1, 1] as const;
export const INSPECTED = [1, 2] as const;

/** What stands in the column `inspected`: 0 not yet, 1 all of it, 2 all but events that cannot be; from these no detector learns after a restart. */
export function inspectedMark(inspected: boolean, poison: readonly PoisonEvent[]): number {
  if (!inspected) return 0;
  return poison.length === 0 ? 1 : 2;
}

/** Ids of the rules that matched each event, as JSON by index; null where none did. */
export function rulesByIndex(detections: readonly Detection[]): string | null {
  if (detections.length === 0) return null;
  const rules: Record<number, string[]> = {};
  for (const { event_index: index, rule } of detections) {
    const known = (rules[index] ??= []);
    if (!known.includes(rule.id)) known.push(rule.id);
  }
  return JSON.stringify(rules);
}

/** What is said of a request of which records are stored, besides where they are. */
export interface MarkedBatch extends Pick<NewBatch, 'batch_id' | 'records' | 'received_at' | 'correlation_id' | 'source'> {
  /** As `inspectedMark` has it. */
  readonly mark: number;
  /** As `rulesByIndex` has it. */
  readonly rules: string | null;
}

/** Whole milliseconds between which the times of events lie. */
export function timesOf(records: readonly { readonly time: number }[]): { readonly first: number; readonly last: number } {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { time } of records) {
    if (time < first) first = time;
    if (time > last) last = time;
  }
  return { first: Math.floor(first), last: Math.ceil(last) };
}
