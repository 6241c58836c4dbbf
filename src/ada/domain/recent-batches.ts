import type { Detection } from '../../contracts/detection.js';

const CAPACITY = 64;

/**
 * What learning detectors found in the batches that one tenant sent last, oldest first. It makes inspecting or learning a batch again
 * harmless: what was found is found again, and nothing is learned twice.
 */
export class RecentBatches {
  private readonly found = new Map<string, readonly Detection[]>();

  /** What was found in a batch; `undefined` where it is not among the last 64. */
  find(batchId: string): readonly Detection[] | undefined {
    return this.found.get(batchId);
  }

  /** Remembers a batch and lets go of the oldest beyond 64. */
  remember(batchId: string, detections: readonly Detection[]): void {
    this.found.set(batchId, detections);
    if (this.found.size <= CAPACITY) return;
    const [oldest] = this.found.keys();
    if (oldest !== undefined) this.found.delete(oldest);
  }

  /** Batches and what was found in them, oldest first. */
  entries(): (readonly [string, readonly Detection[]])[] {
    return [...this.found];
  }
}
