import { Redis } from 'ioredis';
import { MemoryRateLimitStore } from '../../src/platform/rate-limit/memory-rate-limit-store.js';
import type { RateLimitStore } from '../../src/platform/rate-limit/rate-limit-store.js';
import { rateLimitScript } from '../../src/platform/rate-limit/redis-rate-limit-script.js';
import { RedisRateLimitStore } from '../../src/platform/rate-limit/redis-rate-limit-store.js';
import { RedisServer } from './redis-server.js';

/** A store of rate limits whose clock the test sets. */
export interface RateLimitRig {
  readonly store: RateLimitStore;
  /** Takes effect before whatever the store is asked next. Microseconds, from `START` on. */
  setNow(micros: number): void;
  close(): Promise<void>;
}

/** Far ahead of today, so that Redis, which drops buckets by its own clock, drops none that a test's clock still has. */
export const START = Date.UTC(2100, 0, 1) * 1_000;

const NOW_KEY = 'test:now';

export function memoryRig(): Promise<RateLimitRig> {
  let now = START;
  const store = new MemoryRateLimitStore(() => now);
  return Promise.resolve({ store, setNow: (micros) => (now = micros), close: () => Promise.resolve() });
}

/** The shipped script, loaded already, but for where it reads the time. Commands of a connection are carried out in their order. */
export async function redisRig(): Promise<RateLimitRig> {
  const server = await RedisServer.start();
  const client = new Redis(server.url);
  const store = new RedisRateLimitStore(client, rateLimitScript(`\nlocal now = tonumber(redis.call('GET', '${NOW_KEY}'))`));
  const setNow = (micros: number): void => void client.set(NOW_KEY, micros);
  setNow(START);
  await store.take('script', [{ policy: { name: 'loaded', burst: 1, count: 1, periodMicros: 1 }, cost: 0 }]);
  return {
    store,
    setNow,
    async close() {
      client.disconnect();
      await server.stop();
    },
  };
}
