import { Logger } from '@nestjs/common';
import { Problem } from '../problems/problem.js';
import type { OutboundPolicy } from '../resilience/outbound-policy.js';
import { within } from '../resilience/within.js';
import type { LocalShare } from './local-share.js';
import { RateLimitUnavailable, scopeKey, type RateLimitStore, type RateVerdict } from './rate-limit-store.js';
import { checkCharges, type RateCharge, type RatePolicy } from './rate-policy.js';

/** Who decides at present: this process alone, all instances together, or each instance its share. */
export type RateLimitBackend = 'memory' | 'redis' | 'local';

/** The state that all instances share, and what to do without it. */
export interface SharedLimits {
  /** Tells whether it can be asked at all; false costs nothing. */
  readonly isReady: () => boolean;
  readonly share: LocalShare;
  /** How the store is asked about a key, and whether it may be asked about all of them. */
  readonly circuits: { of(key: string): OutboundPolicy; readonly areClosed: boolean };
}

const BUDGET_MS = 50;
const RETRY_AFTER = { 'Retry-After': '2' };

/**
 * Decides on rate limits, and never says yes for want of an answer. A store shared by all instances has 50 ms for each decision and a breaker in
 * front; without it the instance decides on its own share of the limits.
 */
export class RateLimits {
  private readonly logger = new Logger(RateLimits.name);
  private last: RateLimitBackend | undefined;

  /** @param shared left out where the store is this process's own, which always answers */
  constructor(
    private readonly store: RateLimitStore,
    private readonly shared?: SharedLimits,
  ) {}

  get backend(): RateLimitBackend {
    if (!this.shared) return 'memory';
    return this.shared.isReady() && this.shared.circuits.areClosed ? 'redis' : 'local';
  }

  /** Takes from all limits of `scope` that are named, or from none. Always decides. @throws RangeError for limits that cannot be kept exactly. */
  async take(scope: string, charges: readonly RateCharge[]): Promise<RateVerdict> {
    if (!this.shared) return this.store.take(scope, charges);
    checkCharges(charges);
    try {
      return await this.together(scope, charges, this.shared);
    } catch {
      this.noteBackend();
      return this.shared.share.take(scope, charges);
    }
  }

  /** Fills the buckets again. @throws Problem 503 where the shared ones cannot be reached. */
  async reset(scope: string, policies: readonly RatePolicy[]): Promise<void> {
    if (!this.shared) return this.store.reset(scope, policies);
    try {
      await this.inTime(scope, () => this.store.reset(scope, policies), this.shared);
    } catch {
      throw undecided();
    }
    this.shared.share.forget(scope, policies);
  }

  private async together(scope: string, charges: readonly RateCharge[], shared: SharedLimits): Promise<RateVerdict> {
    const verdict = await this.inTime(scope, () => this.store.take(scope, charges), shared);
    this.noteBackend();
    shared.share.note(scope, charges, verdict);
    return verdict;
  }

  private async inTime<T>(scope: string, ask: () => Promise<T>, { isReady, circuits }: SharedLimits): Promise<T> {
    if (!isReady()) throw new RateLimitUnavailable('not connected');
    const late = (): Error => new RateLimitUnavailable(`no answer in ${BUDGET_MS} ms`);
    return circuits.of(scopeKey(scope)).once(() => within(BUDGET_MS, ask(), late));
  }

  private noteBackend(): void {
    const { backend, last } = this;
    this.last = backend;
    if (backend === (last ?? 'redis')) return;
    if (backend === 'local') this.logger.warn({ event: 'rate_limits.local' }, 'each instance decides on rate limits for its share');
    else this.logger.log({ event: 'rate_limits.shared' }, 'all instances decide on rate limits together');
  }
}

function undecided(): Problem {
  return new Problem('unavailable', 'Limits cannot be checked at present; send it again.', { headers: RETRY_AFTER });
}
