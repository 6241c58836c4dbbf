import { RedisScript, type RedisClient } from '../redis/redis-script.js';
import type { RateDecision, RateOutcome } from './gcra.js';
import { bucketKey, RateLimitStore, RateLimitUnavailable, type RateVerdict } from './rate-limit-store.js';
import { checkCharges, type RateCharge, type RatePolicy } from './rate-policy.js';
import { REDIS_CLOCK, rateLimitScript } from './redis-rate-limit-script.js';

const OUTCOMES: readonly RateOutcome[] = ['admitted', 'limited', 'too_costly'];
const NUMBERS_A_LIMIT = 4;

/** Rate limits of all instances, in Redis, by Redis's clock. */
export class RedisRateLimitStore extends RateLimitStore {
  private readonly script: RedisScript;

  /** @param script which clock decides; the tests' own is the only other */
  constructor(
    private readonly redis: RedisClient,
    script: string = rateLimitScript(REDIS_CLOCK),
  ) {
    super();
    this.script = new RedisScript(script);
  }

  async take(scope: string, charges: readonly RateCharge[]): Promise<RateVerdict> {
    checkCharges(charges);
    const keys = charges.map(({ policy }) => bucketKey(scope, policy));
    const numbers = charges.flatMap(({ policy, cost }) => [policy.burst, policy.count, policy.periodMicros, cost]);
    return verdictOf(await unavailableInstead(this.script.run(this.redis, keys, numbers)), charges.length);
  }

  async reset(scope: string, policies: readonly RatePolicy[]): Promise<void> {
    await unavailableInstead(this.redis.del(...policies.map((policy) => bucketKey(scope, policy))));
  }
}

async function unavailableInstead<T>(answer: Promise<T>): Promise<T> {
  return answer.catch((error: unknown) => {
    throw new RateLimitUnavailable('Redis does not decide on rate limits', { cause: error });
  });
}

function verdictOf(answer: unknown, limits: number): RateVerdict {
  const isComplete = Array.isArray(answer) && answer.length === 1 + limits * NUMBERS_A_LIMIT && answer.every(Number.isSafeInteger);
  if (!isComplete) throw new RateLimitUnavailable('Redis answered what no decision looks like');
  const [at = 0, ...numbers] = answer as number[];
  const decisions = Array.from({ length: limits }, (_, i): RateDecision => {
    const [outcome = 2, remaining = 0, retryAfterMicros = 0, resetMicros = 0] = numbers.slice(i * NUMBERS_A_LIMIT);
    return { outcome: OUTCOMES[outcome] ?? 'too_costly', remaining, retryAfterMicros, resetMicros };
  });
  const outcome = OUTCOMES.findLast((candidate) => decisions.some((decision) => decision.outcome === candidate)) ?? 'too_costly';
  return { outcome, at, decisions };
}
