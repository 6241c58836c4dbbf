import type { RateDecision, Tier } from './gcra.js';

const SECOND = 1_000_000;

/**
 * What a caller is told of a limit: the customary `X-RateLimit-*` fields and those of the IETF draft (draft-ietf-httpapi-ratelimit-headers).
 * Times are whole seconds, rounded up, so that nobody is asked back too early.
 */
export function rateLimitHeaders(policy: string, tier: Tier, decision: RateDecision): Record<string, string> {
  const reset = Math.ceil(decision.resetMicros / SECOND);
  return {
    'X-RateLimit-Limit': String(tier.burst),
    'X-RateLimit-Remaining': String(decision.remaining),
    'X-RateLimit-Reset': String(reset),
    'RateLimit-Policy': `"${policy}";q=${tier.burst};w=${Math.ceil(tier.burst / tier.rate)}`,
    RateLimit: `"${policy}";r=${decision.remaining};t=${reset}`,
    ...(decision.outcome === 'limited' ? { 'Retry-After': String(Math.max(1, Math.ceil(decision.retryAfterMicros / SECOND))) } : {}),
  };
}
