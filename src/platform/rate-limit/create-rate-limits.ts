import type { RedisConnection } from '../redis/redis-connection.js';
import type { OutboundPolicies } from '../resilience/outbound-policies.js';
import { FAILURE } from '../resilience/verdict.js';
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
    policy: policies.dependency('redis', 'redis', () => FAILURE).policy('rate limits'),
  });
}
