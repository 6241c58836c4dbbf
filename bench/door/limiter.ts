import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { RatePolicy } from '../../src/platform/rate-limit/rate-policy.ts';

/** What checks against one limiter cost. */
export interface LimiterCost {
  readonly limiter: string;
  readonly store: 'memory' | 'redis';
  /** Checks in hand at a time. */
  readonly inFlight: number;
  readonly checksPerSecond: number;
  /** Microseconds from asking to knowing. */
  readonly p50Micros: number;
  readonly p99Micros: number;
}

interface Candidate {
  readonly limiter: string;
  readonly store: LimiterCost['store'];
  /** Resolves true where the request was admitted. */
  readonly check: (key: string) => Promise<boolean>;
}

const KEYS = 1_000;
const ROUNDS = 7;
const CHECKS = { memory: 100_000, redis: 10_000 };
const IN_FLIGHT = [1, 64];
/** Generous enough that about everything is admitted: a refusal writes nothing and would be cheaper. */
const RATE = 1_000_000;

const built = (path: string): string => new URL(`../../dist/${path}`, import.meta.url).href;

/**
 * Measures checks/s and the time of a check for this project's limiter and for rate-limiter-flexible, in memory and on one Redis, in turn, so that
 * a drift of the machine falls on all of them. The first round, while code is still being compiled, is left out; figures are medians of the others.
 * Answers nothing of Redis where there is no `redis-server`.
 */
export async function measureLimiters(): Promise<readonly LimiterCost[]> {
  const redis = await startRedis();
  try {
    const candidates = await candidatesOf(redis?.client);
    const cases = candidates.flatMap((candidate) => IN_FLIGHT.map((inFlight) => ({ candidate, inFlight, runs: [] as Run[] })));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const { candidate, inFlight, runs } of cases) runs.push(await run(candidate, inFlight));
    }
    return cases.map(({ candidate: { limiter, store }, inFlight, runs }) => {
      const middle = (figure: keyof Run): number => median(runs.slice(1).map((measured) => measured[figure]));
      return {
        limiter,
        store,
        inFlight,
        checksPerSecond: middle('checksPerSecond'),
        p50Micros: middle('p50Micros'),
        p99Micros: middle('p99Micros'),
      };
    });
  } finally {
    await redis?.stop();
  }
}

interface Run {
  readonly checksPerSecond: number;
  readonly p50Micros: number;
  readonly p99Micros: number;
}

async function run({ check, store }: Candidate, inFlight: number): Promise<Run> {
  const checks = CHECKS[store];
  const times = new Float64Array(checks);
  let next = 0;
  let admitted = 0;
  const worker = async (): Promise<void> => {
    for (let number = next++; number < checks; number = next++) {
      const asked = performance.now();
      if (await check(`tenant-${number % KEYS}`)) admitted += 1;
      times[number] = performance.now() - asked;
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: inFlight }, worker));
  const seconds = (performance.now() - began) / 1_000;
  if (admitted !== checks) throw new Error(`${checks - admitted} of ${checks} checks were refused`);
  times.sort();
  const at = (share: number): number => (times[Math.floor(checks * share)] ?? 0) * 1_000;
  return { checksPerSecond: checks / seconds, p50Micros: at(0.5), p99Micros: at(0.99) };
}

async function candidatesOf(client: Redis | undefined): Promise<readonly Candidate[]> {
  const { MemoryRateLimitStore } = (await import(
    built('platform/rate-limit/memory-rate-limit-store.js')
  )) as typeof import('../../src/platform/rate-limit/memory-rate-limit-store.js');
  const { RedisRateLimitStore } = (await import(
    built('platform/rate-limit/redis-rate-limit-store.js')
  )) as typeof import('../../src/platform/rate-limit/redis-rate-limit-store.js');
  const { RateLimits } = (await import(
    built('platform/rate-limit/rate-limits.js')
  )) as typeof import('../../src/platform/rate-limit/rate-limits.js');
  const { OutboundPolicies } = (await import(
    built('platform/resilience/outbound-policies.js')
  )) as typeof import('../../src/platform/resilience/outbound-policies.js');
  const { readConfig } = (await import(
    built('platform/config/environment.js')
  )) as typeof import('../../src/platform/config/environment.js');
  const { LocalShare } = (await import(
    built('platform/rate-limit/local-share.js')
  )) as typeof import('../../src/platform/rate-limit/local-share.js');
  const policy: RatePolicy = { name: 'bench', burst: RATE, count: RATE, periodMicros: 1_000_000 };
  const charges = [{ policy, cost: 1 }];
  const windows = { points: RATE, duration: 1 };
  const own = new RateLimits(new MemoryRateLimitStore());
  const other = new RateLimiterMemory({ ...windows, keyPrefix: 'flexible' });
  const inMemory: Candidate[] = [
    { limiter: 'gatra', store: 'memory', check: async (key) => (await own.take(key, charges)).outcome === 'admitted' },
    { limiter: 'rate-limiter-flexible', store: 'memory', check: (key) => consumed(other.consume(key)) },
  ];
  if (!client) return inMemory;
  const calls = new OutboundPolicies(readConfig({}).resilience).dependency('redis').policy();
  const shared = new RateLimits(new RedisRateLimitStore(client), {
    isReady: () => client.status === 'ready',
    share: new LocalShare(1),
    circuits: { of: () => calls, areClosed: true },
  });
  const flexible = new RateLimiterRedis({ ...windows, storeClient: client, keyPrefix: 'flexible' });
  return [
    ...inMemory,
    { limiter: 'gatra', store: 'redis', check: async (key) => (await shared.take(key, charges)).outcome === 'admitted' },
    { limiter: 'rate-limiter-flexible', store: 'redis', check: (key) => consumed(flexible.consume(key)) },
  ];
}

async function consumed(answer: Promise<unknown>): Promise<boolean> {
  try {
    await answer;
    return true;
  } catch (error) {
    if (error instanceof RateLimiterRes) return false;
    throw error;
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** A Redis of the benchmark's own, on a port and a directory of its own. */
async function startRedis(): Promise<{ readonly client: Redis; stop(): Promise<void> } | undefined> {
  const directory = mkdtempSync(join(tmpdir(), 'gatra-bench-redis-'));
  const port = await freePort();
  const child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', directory], {
    stdio: 'ignore',
  });
  const began = await new Promise<boolean>((resolve) => {
    child.once('spawn', () => resolve(true)).once('error', () => resolve(false));
  });
  if (!began) {
    rmSync(directory, { recursive: true, force: true });
    return undefined;
  }
  const client = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  await client.ping();
  return { client, stop: () => end(child, client, directory) };
}

async function end(child: ChildProcess, client: Redis, directory: string): Promise<void> {
  client.disconnect();
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGKILL');
  await ended;
  rmSync(directory, { recursive: true, force: true });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
