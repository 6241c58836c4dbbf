import { setTimeout as pause } from 'node:timers/promises';
import { readConfig } from '../../dist/platform/config/environment.js';
import { createRateLimits } from '../../dist/platform/rate-limit/create-rate-limits.js';
import { perSecond } from '../../dist/platform/rate-limit/rate-policy.js';
import { RedisConnection } from '../../dist/platform/redis/redis-connection.js';
import { parseRedisUrl } from '../../dist/platform/redis/redis-target.js';
import { OutboundPolicies } from '../../dist/platform/resilience/outbound-policies.js';
import { pairedLoad, percentile } from './paired-load.ts';

// node limiter-overhead.mjs REDIS_URL: 2,000 requests a second without and with the three checks that a request has. Prints p50 and p99 of both.
const redis = new RedisConnection(parseRedisUrl(process.argv[2]));
const limits = createRateLimits(redis, 1, new OutboundPolicies(readConfig({}).resilience, {}));
for (const deadline = performance.now() + 5_000; !redis.isReady && performance.now() < deadline;) await pause(10);
const wide = { burst: 10_000_000, count: 10_000_000, periodMicros: 60_000_000 };
const address = { name: 'address', ...wide };
const credential = { name: 'credential', ...wide };
const ingest = perSecond('ingest', 100_000, 100_000);

const checks = async (number) => {
  await limits.take(`address:${number % 50}`, [{ policy: address, cost: 1 }]);
  await limits.take(`credential:${number % 20}`, [{ policy: credential, cost: 1 }]);
  const { outcome } = await limits.take(`tenant-${number % 10}`, [{ policy: ingest, cost: 1 }]);
  if (outcome !== 'admitted') throw new Error('a request was refused');
};
const kinds = [async () => undefined, checks];
await pairedLoad({ perSecond: 2_000, sliceMs: 250, slices: 8 }, kinds);
const times = await pairedLoad({ perSecond: 2_000, sliceMs: 250, slices: 80 }, kinds);
const [without, withLimits] = times.map((each) => ({ p50: percentile(each, 0.5), p99: percentile(each, 0.99) }));
process.stdout.write(`${JSON.stringify({ backend: limits.backend, without, withLimits })}\n`);
redis.onApplicationShutdown();
