import { monotonicMicros } from '../clock/monotonic-micros.js';
import { Buckets } from './buckets.js';
import { decide } from './gcra.js';
import { bucketKey, RateLimitStore, type RateVerdict } from './rate-limit-store.js';
import { checkCharges, type RateCharge, type RatePolicy } from './rate-policy.js';

/** Rate limits of one process, by its monotonic clock. */
export class MemoryRateLimitStore extends RateLimitStore {
  private readonly buckets = new Buckets();

  /** @param now microseconds */
  constructor(private readonly now: () => number = monotonicMicros) {
    super();
  }

  async take(scope: string, charges: readonly RateCharge[]): Promise<RateVerdict> {
    checkCharges(charges);
    const now = this.now();
    const keys = charges.map(({ policy }) => bucketKey(scope, policy));
    const states = keys.map((key) => this.buckets.get(key));
    const { outcome, decisions, changed } = decide(charges, states, now);
    for (const [i, key] of keys.entries()) {
      const next = changed[i];
      if (next) this.buckets.set(key, next, now + (decisions[i]?.resetMicros ?? 0));
    }
    return { outcome, at: now, decisions };
  }

  async reset(scope: string, policies: readonly RatePolicy[]): Promise<void> {
    for (const policy of policies) this.buckets.delete(bucketKey(scope, policy));
  }

  /** Buckets that are kept. */
  get size(): number {
    return this.buckets.size;
  }
}
