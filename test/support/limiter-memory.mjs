import { MemoryRateLimitStore } from '../../dist/platform/rate-limit/memory-rate-limit-store.js';

// node --expose-gc limiter-memory.mjs KEYS: one request each for so many keys, while some buckets that drain slowly are kept. Prints what that came to.
const keys = Number(process.argv[2]);
const slow = { name: 'slow', burst: 10, count: 10, periodMicros: 86_400_000_000 };
const usual = { name: 'credential', burst: 60_000, count: 60_000, periodMicros: 60_000_000 };
const HELD = 1_000;

const store = new MemoryRateLimitStore();
const take = async (scope, policy, cost) => (await store.take(scope, [{ policy, cost }])).outcome;
for (let i = 0; i < 20_000; i += 1) await take(`warm-${i}`, usual, 1);
for (let i = 0; i < HELD; i += 1) await take(`held-${i}`, slow, 10);
globalThis.gc();
const before = process.memoryUsage().rss;
let most = 0;
for (let i = 0; i < keys; i += 1) {
  await take(`address:${i}`, usual, 1);
  if (i % 10_000 === 0) most = Math.max(most, process.memoryUsage().rss);
}
let limited = 0;
for (let i = 0; i < HELD; i += 1) if ((await take(`held-${i}`, slow, 1)) === 'limited') limited += 1;
process.stdout.write(`${JSON.stringify({ grownMiB: (most - before) / 2 ** 20, buckets: store.size, held: HELD, limited })}\n`);
