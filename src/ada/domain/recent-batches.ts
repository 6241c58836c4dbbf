import type { Detection } from '../../contracts/detection.js';
import type { EventBatch, SecurityEvent } from '../../contracts/security-event.js';

/** A batch that learning detectors have met, or its first part: its id, what they found in it, and the index of the last event that they met. */
export type RecentBatch = readonly [id: string, found: readonly Detection[], last: number];

const CAPACITY = 64;

/**
 * What learning detectors found in the batches that one tenant sent last, oldest first. It makes inspecting or learning a batch again
 * harmless: what was found is found again, and nothing is learned twice. A batch that had to be cut comes in parts, in their order.
 */
export class RecentBatches {
  private readonly batches = new Map<string, RecentBatch>();

  /**
   * What is found in the events of a batch, or of a part of it. Only the events behind those that were met before are shown to `look`, which may
   * take its time: the next batch is met when it is done.
   * @throws Error as `look` does; the batch then counts as met no further than before.
   */
  async meet(
    { batch_id, events }: EventBatch,
    look: (fresh: readonly SecurityEvent[]) => Promise<readonly Detection[]>,
  ): Promise<readonly Detection[]> {
    const before = this.batches.get(batch_id);
    if (before === undefined) {
      const found = await look(events);
      this.remember([batch_id, found, lastOf(events)]);
      return found;
    }
    const [, known, last] = before;
    const asked = new Set(events.map(({ index }) => index));
    const again = known.filter(({ event_index }) => asked.has(event_index));
    const fresh = events.filter(({ index }) => index > last);
    if (fresh.length === 0) return again;
    const found = await look(fresh);
    this.remember([batch_id, [...known, ...found], lastOf(fresh)]);
    return [...again, ...found];
  }

  /** Remembers a batch and lets go of the oldest beyond 64. */
  remember(batch: RecentBatch): void {
    this.batches.set(batch[0], batch);
    if (this.batches.size <= CAPACITY) return;
    const [oldest] = this.batches.keys();
    if (oldest !== undefined) this.batches.delete(oldest);
  }

  /** Oldest first. */
  entries(): readonly RecentBatch[] {
    return [...this.batches.values()];
  }
}

function lastOf(events: readonly SecurityEvent[]): number {
  return events.at(-1)?.index ?? -1;
}
