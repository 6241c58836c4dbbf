import { decide, type RateDecision, type Tier } from './gcra.js';
import { RateLimitStore } from './rate-limit-store.js';

const MOST_BUCKETS = 100_000;

/** Rate limits of one process. A bucket that is full again is the same as none, so those are dropped when there are too many. */
export class MemoryRateLimitStore extends RateLimitStore {
  private readonly arrivals = new Map<string, number>();

  async take(bucket: string, tier: Tier, now: number, cost: number): Promise<RateDecision> {
    const decision = decide(tier, this.arrivals.get(bucket), now, cost);
    if (decision.outcome === 'admitted' && cost > 0) {
      if (this.arrivals.size >= MOST_BUCKETS && !this.arrivals.has(bucket)) this.dropFull(now);
      this.arrivals.set(bucket, decision.arrival);
    }
    return decision;
  }

  private dropFull(now: number): void {
    for (const [bucket, arrival] of this.arrivals) if (arrival <= now) this.arrivals.delete(bucket);
  }
}
