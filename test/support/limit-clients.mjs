import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import { RedisRateLimitStore } from '../../dist/platform/rate-limit/redis-rate-limit-store.js';

// node limit-clients.mjs REDIS_URL OPTIONS: as many clients as asked for take from one limit as fast as they can, from the line `go` on. Prints
// what was admitted and when, and what this process's own clock says.
const [url = '', options = '{}'] = process.argv.slice(2);
const { policy, clients, milliseconds, mostCost } = JSON.parse(options);
const redis = new Redis(url);
const store = new RedisRateLimitStore(redis);
const admitted = [];
let checks = 0;

await store.take('warm', [{ policy, cost: 0 }]);
process.stdout.write('ready\n');
await new Promise((go) => createInterface({ input: process.stdin }).once('line', go));

const began = performance.now();
await Promise.all(
  Array.from({ length: clients }, async (_, client) => {
    for (let turn = client; performance.now() - began < milliseconds; turn += 1) {
      const cost = 1 + (turn % mostCost);
      const { outcome, at } = await store.take('shared', [{ policy, cost }]);
      checks += 1;
      if (outcome === 'admitted') admitted.push([at, cost]);
    }
  }),
);
redis.disconnect();
process.stdout.write(`${JSON.stringify({ checks, clock: Date.now(), admitted })}\n`, () => process.exit(0));
