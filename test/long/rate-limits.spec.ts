import { execFileSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { createRateLimits } from '../../src/platform/rate-limit/create-rate-limits.js';
import { perMinute, perSecond } from '../../src/platform/rate-limit/rate-policy.js';
import { policiesWith } from '../support/outbound-policies.js';
import { RedisConnection } from '../../src/platform/redis/redis-connection.js';
import { pairedLoad, percentile } from '../support/paired-load.js';
import { describeWith, RedisServer } from '../support/redis-server.js';

/** Garbage is not what is measured: V8 lets the young generation grow with the rate of allocation, so its size is fixed. */
const MEMORY_SCRIPT = 'test/support/limiter-memory.mjs';

describeWith(['redis-server'], 'the cost of limits', () => {
  it('RL-12 limiter-overhead: at 2,000 requests a second the three checks of a request add 1 ms (p50) and 5 ms (p99) at most', async () => {
    const server = await RedisServer.start();
    const redis = new RedisConnection(server.url);
    try {
      const limits = createRateLimits(redis, 1, policiesWith());
      const deadline = performance.now() + 5_000;
      while (!redis.isReady && performance.now() < deadline) await pause(10);
      const [address, credential, ingest] = [
        perMinute('address', 10_000_000),
        perMinute('credential', 10_000_000),
        perSecond('ingest', 100_000, 100_000),
      ];
      const checks = async (number: number): Promise<void> => {
        await limits.take(`address:${number % 50}`, [{ policy: address, cost: 1 }]);
        await limits.take(`credential:${number % 20}`, [{ policy: credential, cost: 1 }]);
        const { outcome } = await limits.take(`tenant-${number % 10}`, [{ policy: ingest, cost: 1 }]);
        if (outcome !== 'admitted') throw new Error('a request was refused');
      };
      const [without, withLimits] = await pairedLoad({ perSecond: 2_000, sliceMs: 250, slices: 80 }, [async () => undefined, checks]);
      const added = (share: number): number => percentile(withLimits, share) - percentile(without, share);
      const shown = [without, withLimits].map((times) => [0.5, 0.99].map((share) => percentile(times, share).toFixed(3)).join('/'));
      process.stdout.write(`RL-12: p50/p99 without ${shown[0]} ms, with ${shown[1]} ms\n`);
      expect(limits.backend).toBe('redis');
      expect(added(0.5)).toBeLessThanOrEqual(1);
      expect(added(0.99)).toBeLessThanOrEqual(5);
    } finally {
      redis.onApplicationShutdown();
      await server.stop();
    }
  });
});

describe('the memory of limits', () => {
  it('RL-13 memory-limiter-bound: a million keys grow the process by less than 64 MiB, and no bucket that limits somebody is dropped', () => {
    const report = JSON.parse(
      execFileSync(process.execPath, ['--expose-gc', '--max-semi-space-size=8', MEMORY_SCRIPT, '1000000'], { encoding: 'utf8' }),
    ) as Report;
    process.stdout.write(`RL-13: ${JSON.stringify(report)}\n`);
    expect(report.grownMiB).toBeLessThan(64);
    expect(report.limited).toBe(report.held);
  });
});

interface Report {
  readonly grownMiB: number;
  readonly buckets: number;
  readonly held: number;
  readonly limited: number;
}
