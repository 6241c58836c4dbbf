import { monotonicMicros } from '../clock/monotonic-micros.js';
import { Buckets } from './buckets.js';
import { decide } from './gcra.js';
import { bucketKey, type RateVerdict } from './rate-limit-store.js';
import { LARGEST_CAPACITY, type RateCharge, type RatePolicy } from './rate-policy.js';

/**
 * One instance's part of the limits while the instances cannot agree: a bucket as large as the whole one, so that what may ever be sent still may,
 * which refills at this instance's share of the rate and starts with its share of what was left when Redis was last heard.
 */
export class LocalShare {
  private readonly buckets = new Buckets();

  /** @param instances among which limits are shared @param now microseconds */
  constructor(
    private readonly instances: number,
    private readonly now: () => number = monotonicMicros,
  ) {}

  /** Notes what the instances together decided. */
  note(scope: string, charges: readonly RateCharge[], { decisions }: RateVerdict): void {
    const now = this.now();
    for (const [i, { policy }] of charges.entries()) {
      const remaining = decisions[i]?.remaining ?? 0;
      const key = bucketKey(scope, policy);
      if (remaining >= policy.burst) this.buckets.delete(key);
      else this.keep(key, shareOf(policy, this.instances), Math.floor(remaining / this.instances), now);
    }
  }

  take(scope: string, charges: readonly RateCharge[]): RateVerdict {
    const now = this.now();
    const keys = charges.map(({ policy }) => bucketKey(scope, policy));
    const shares = charges.map(({ policy, cost }) => ({ policy: shareOf(policy, this.instances), cost }));
    for (const [i, key] of keys.entries()) {
      const policy = shares[i]?.policy;
      if (policy && !this.buckets.get(key)) this.keep(key, policy, Math.ceil(policy.burst / this.instances), now);
    }
    const states = keys.map((key) => this.buckets.get(key));
    const { outcome, decisions, changed } = decide(shares, states, now);
    for (const [i, key] of keys.entries()) {
      const next = changed[i];
      if (next) this.buckets.set(key, next, now + (decisions[i]?.resetMicros ?? 0));
    }
    return { outcome, at: now, decisions };
  }

  forget(scope: string, policies: readonly RatePolicy[]): void {
    for (const policy of policies) this.buckets.delete(bucketKey(scope, policy));
  }

  private keep(key: string, policy: RatePolicy, available: number, now: number): void {
    const level = (policy.burst - available) * policy.periodMicros;
    this.buckets.set(key, { level, at: now }, now + Math.ceil(level / policy.count));
  }
}

/** The same bucket at a share of the rate; where the slower period could not be kept exactly the rate is rounded down. */
export function shareOf(policy: RatePolicy, instances: number): RatePolicy {
  const periodMicros = policy.periodMicros * instances;
  if (policy.burst * periodMicros <= LARGEST_CAPACITY) return { ...policy, periodMicros };
  return { ...policy, count: Math.max(1, Math.floor(policy.count / instances)) };
}
