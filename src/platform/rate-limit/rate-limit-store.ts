import type { RateDecision, Tier } from './gcra.js';

/** Where the state of rate limits is kept, and decided on atomically. */
export abstract class RateLimitStore {
  /** Takes `cost` units from a bucket at `now` (microseconds since the epoch), or says why not. Cost 0 only looks. */
  abstract take(bucket: string, tier: Tier, now: number, cost: number): Promise<RateDecision>;
}
