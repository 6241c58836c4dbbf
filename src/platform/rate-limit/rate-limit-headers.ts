import type { RateDecision } from './gcra.js';
import { SECOND_MICROS, type RatePolicy } from './rate-policy.js';

/**
 * What a caller is told of a limit: the customary `X-RateLimit-*` fields and those of the IETF draft (draft-ietf-httpapi-ratelimit-headers), whose
 * `t` says when there will be more than `r`. Times are whole seconds, rounded up, so that nobody is asked back too early.
 */
export function rateLimitHeaders(policy: RatePolicy, decision: RateDecision): Record<string, string> {
  const { name, burst, count, periodMicros } = policy;
  const { outcome, remaining, retryAfterMicros, resetMicros } = decision;
  const retryAfter = Math.max(1, inSeconds(retryAfterMicros));
  const isLimited = outcome === 'limited';
  const more = inSeconds(untilMore(policy, decision));
  return {
    'X-RateLimit-Limit': String(burst),
    'X-RateLimit-Remaining': String(remaining),
    'X-RateLimit-Reset': String(inSeconds(resetMicros)),
    'RateLimit-Policy': `"${name}";q=${burst};w=${inSeconds((burst * periodMicros) / count)}`,
    RateLimit: `"${name}";r=${remaining};t=${isLimited ? Math.min(more, retryAfter) : more}`,
    ...(isLimited ? { 'Retry-After': String(retryAfter) } : {}),
  };
}

/** Until one unit more than `remaining` is there; 0 where the bucket is full. */
function untilMore({ burst, count, periodMicros }: RatePolicy, { remaining, resetMicros }: RateDecision): number {
  if (remaining >= burst) return 0;
  return Math.max(0, resetMicros - Math.floor(((burst - remaining - 1) * periodMicros) / count));
}

function inSeconds(micros: number): number {
  return Math.ceil(micros / SECOND_MICROS);
}
