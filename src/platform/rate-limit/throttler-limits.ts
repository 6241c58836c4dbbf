import type { ThrottlerStorage } from '@nestjs/throttler';
import { rateLimitHeaders } from './rate-limit-headers.js';
import type { RateLimits } from './rate-limits.js';
import type { RatePolicy } from './rate-policy.js';

type ThrottlerRecord = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/** What the throttler is told of a request, with the limit and the headers that tell the caller. */
export interface ThrottledRequest extends ThrottlerRecord {
  readonly policy: RatePolicy;
  readonly headers: Readonly<Record<string, string>>;
}

const MILLISECOND_MICROS = 1_000;

/** Keeps the throttler's counts as buckets of `limit` requests that fill again within `ttl`: there is no window whose edges could be used. */
export class ThrottlerLimits implements ThrottlerStorage {
  constructor(private readonly limits: RateLimits) {}

  /** @param key whose requests are counted @param ttl milliseconds @param name of the throttler; nothing is blocked for longer than it must be */
  async increment(key: string, ttl: number, limit: number, _blockDuration: number, name: string): Promise<ThrottledRequest> {
    const policy: RatePolicy = { name, burst: limit, count: limit, periodMicros: ttl * MILLISECOND_MICROS };
    const [decision] = (await this.limits.take(key, [{ policy, cost: 1 }])).decisions;
    if (!decision) throw new Error('a limit was not decided on');
    const headers = rateLimitHeaders(policy, decision);
    return {
      policy,
      headers,
      totalHits: limit - decision.remaining,
      timeToExpire: Number(headers['X-RateLimit-Reset']),
      isBlocked: decision.outcome !== 'admitted',
      timeToBlockExpire: Number(headers['Retry-After'] ?? 0),
    };
  }
}
