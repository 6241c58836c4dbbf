import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import { RedisRateLimitStore } from '../../dist/platform/rate-limit/redis-rate-limit-store.js';

// node limit-clients.mjs REDIS_URL OPTIONS: as many clients as asked for take from one limit as fast as they can, from the line `go` on. Prints
// what was admitted and when, every millisecond in which it asked, and what this process's own clock says.
const [url = '', options = '{}'] = process.argv.slice(2);
const { policy, clients, milliseconds, mostCost } = JSON.parse(options);
const redis = new Redis(url);
const store = new RedisRateLimitStore(redis);
const admitted = [];
const asked = [];

await store.take('warm', [{ policy, cost: 0 }]);
process.stdout.write('ready\n');
await new Promise((go) => createInterface({ input: process.stdin }).once('line', go));

const began = performance.now();
await Promise.all(
  Array.from({ length: clients }, async (_, client) => {
    for (let turn = client; performance.now() - began < milliseconds; turn += 1) {
      const cost = 1 + (turn % mostCost);
      const { outcome, at } = await store.take('shared', [{ policy, cost }]);
      if (at - (asked.at(-1) ?? -Infinity) >= 1_000) asked.push(at);
      if (outcome === 'admitted') admitted.push([at, cost]);
    }
  }),
);
redis.disconnect();
process.stdout.write(`${JSON.stringify({ asked, clock: Date.now(), admitted })}\n`, () => process.exit(0));
