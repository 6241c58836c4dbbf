import { Cluster } from 'ioredis';
import { MemoryRateLimitStore } from '../../src/platform/rate-limit/memory-rate-limit-store.js';
import { RateLimitStore, type RateVerdict } from '../../src/platform/rate-limit/rate-limit-store.js';
import type { RateCharge, RatePolicy } from '../../src/platform/rate-limit/rate-policy.js';
import { rateLimitScript } from '../../src/platform/rate-limit/redis-rate-limit-script.js';
import { RedisRateLimitStore } from '../../src/platform/rate-limit/redis-rate-limit-store.js';
import { RedisConnection } from '../../src/platform/redis/redis-connection.js';
import type { RedisTarget } from '../../src/platform/redis/redis-target.js';
import { eventually } from './eventually.js';

/** A store of rate limits whose clock the test sets. */
export interface RateLimitRig {
  readonly store: RateLimitStore;
  /** Takes effect before whatever the store is asked next. Microseconds, from `START` on. */
  setNow(micros: number): void;
  close(): Promise<void>;
}

/** Far ahead of today, so that Redis, which drops buckets by its own clock, drops none that a test's clock still has. */
export const START = Date.UTC(2100, 0, 1) * 1_000;

const NOW_KEY = 'gatra:test:now:';
const TEST_CLOCK = `\nlocal now = tonumber(redis.call('GET', '${NOW_KEY}' .. string.match(KEYS[1], '{[^}]*}')))`;

export function memoryRig(): Promise<RateLimitRig> {
  let now = START;
  const store = new MemoryRateLimitStore(() => now);
  return Promise.resolve({ store, setNow: (micros) => (now = micros), close: () => Promise.resolve() });
}

/** The shipped script, loaded already, but for where it reads the time: beside the buckets. Commands of a connection are carried out in their order. */
export async function redisRig(target: RedisTarget): Promise<RateLimitRig> {
  const redis = new RedisConnection(target);
  await eventually(() => expect(redis.isReady).toBe(true));
  const { client } = redis;
  const script = rateLimitScript(TEST_CLOCK);
  for (const node of client instanceof Cluster ? client.nodes('master') : [client]) await node.script('LOAD', script);
  const store = new TimedStore(redis, new RedisRateLimitStore(client, script));
  return { store, setNow: (micros) => (store.now = micros), close: async () => redis.onApplicationShutdown() };
}

/** Tells Redis the test's time before it asks. */
class TimedStore extends RateLimitStore {
  now = START;

  constructor(
    private readonly redis: RedisConnection,
    private readonly store: RateLimitStore,
  ) {
    super();
  }

  take(scope: string, charges: readonly RateCharge[]): Promise<RateVerdict> {
    void this.redis.client.set(`${NOW_KEY}{${scope}}`, this.now);
    return this.store.take(scope, charges);
  }

  reset(scope: string, policies: readonly RatePolicy[]): Promise<void> {
    return this.store.reset(scope, policies);
  }
}
