import { RedisCircuits } from '../redis/redis-circuits.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import { redisDependency } from '../redis/redis-policy.js';
import type { OutboundPolicies } from '../resilience/outbound-policies.js';
import { LocalShare } from './local-share.js';
import { MemoryRateLimitStore } from './memory-rate-limit-store.js';
import { RateLimits } from './rate-limits.js';
import { RedisRateLimitStore } from './redis-rate-limit-store.js';

/** Rate limits over all instances where there is a Redis, of this process otherwise. @param instances that share them */
export function createRateLimits(redis: RedisConnection | null, instances: number, policies: OutboundPolicies): RateLimits {
  if (!redis) return new RateLimits(new MemoryRateLimitStore());
  return new RateLimits(new RedisRateLimitStore(redis.client), {
    isReady: () => redis.isReady,
    share: new LocalShare(instances),
    circuits: new RedisCircuits(redis, redisDependency(policies), 'rate limits'),
  });
}
