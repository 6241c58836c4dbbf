import { execFileSync } from 'node:child_process';
import { describeWith, RedisServer } from '../support/redis-server.js';

/** Garbage is not what is measured: V8 lets the young generation grow with the rate of allocation, so its size is fixed. */
const MEMORY_SCRIPT = 'test/support/limiter-memory.mjs';
/** The built limiter in a process of its own, as it runs in the product: nothing of the test's is measured. */
const OVERHEAD_SCRIPT = 'test/support/limiter-overhead.mjs';

describeWith(['redis-server'], 'the cost of limits', () => {
  it('RL-12 limiter-overhead: at 2,000 requests a second the three checks of a request add 1 ms (p50) and 5 ms (p99) at most', async () => {
    await using server = await RedisServer.start();
    const printed = execFileSync(process.execPath, ['--no-warnings', OVERHEAD_SCRIPT, server.url], { encoding: 'utf8' });
    process.stdout.write(`RL-12: ${printed}`);
    const { backend, without, withLimits } = JSON.parse(printed) as Overhead;
    expect(backend).toBe('redis');
    expect(withLimits.p50 - without.p50).toBeLessThanOrEqual(1);
    expect(withLimits.p99 - without.p99).toBeLessThanOrEqual(5);
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

/** Milliseconds. */
interface Times {
  readonly p50: number;
  readonly p99: number;
}

interface Overhead {
  readonly backend: string;
  readonly without: Times;
  readonly withLimits: Times;
}
