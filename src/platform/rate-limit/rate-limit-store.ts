import type { RateDecision, RateOutcome } from './gcra.js';
import type { RateCharge, RatePolicy } from './rate-policy.js';

/** What is said of a request by all its limits together. */
export interface RateVerdict {
  /** The worst of the limits'. Only a request that all admit takes anything from any. */
  readonly outcome: RateOutcome;
  /** When it was decided: microseconds on the store's clock. */
  readonly at: number;
  /** In the order of the charges. */
  readonly decisions: readonly RateDecision[];
}

/** Where the state of rate limits is kept, and decided on atomically, by the store's own clock. */
export abstract class RateLimitStore {
  /**
   * Takes from all limits of `scope` that are named, or from none.
   * @param scope whose limits they are, 1 to 200 characters: a tenant, a credential, an address. All buckets of a scope are kept in one place.
   * @throws RateLimitUnavailable where the store cannot be asked. RangeError where the limits cannot be kept exactly.
   */
  abstract take(scope: string, charges: readonly RateCharge[]): Promise<RateVerdict>;

  /** Fills the buckets again. @throws RateLimitUnavailable */
  abstract reset(scope: string, policies: readonly RatePolicy[]): Promise<void>;
}

/** The store of rate limits cannot be asked at present. */
export class RateLimitUnavailable extends Error {
  override readonly name = 'RateLimitUnavailable';
}

/** What the names of all buckets of a scope begin with. Braces mark what Redis Cluster places a key by. */
export function scopeKey(scope: string): string {
  return `gatra:rate:{${scope}}`;
}

/** Name of a bucket in its store. */
export function bucketKey(scope: string, { name, periodMicros }: RatePolicy): string {
  return `${scopeKey(scope)}:${name}:${periodMicros}`;
}
