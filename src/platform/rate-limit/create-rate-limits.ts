import { breakerMetric } from '../resilience/breaker-metric.js';
import type { Metrics } from '../observability/metrics.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import { LocalShare } from './local-share.js';
import { MemoryRateLimitStore } from './memory-rate-limit-store.js';
import { RateLimits } from './rate-limits.js';
import { RedisRateLimitStore } from './redis-rate-limit-store.js';

const SERVICE = 'redis';

/** Rate limits over all instances where there is a Redis, of this process otherwise. @param instances that share them */
export function createRateLimits(redis: RedisConnection | null, instances: number, metrics: Metrics): RateLimits {
  if (!redis) return new RateLimits(new MemoryRateLimitStore());
  metrics.circuitBreakerState.set({ service: SERVICE }, 0);
  return new RateLimits(new RedisRateLimitStore(redis.client), {
    isReady: () => redis.isReady,
    share: new LocalShare(instances),
    onBreaker: (state) => metrics.circuitBreakerState.set({ service: SERVICE }, breakerMetric(state)),
  });
}
