import { perSecond, SECOND_MICROS } from '../../src/platform/rate-limit/rate-policy.js';
import { RedisRateLimitStore } from '../../src/platform/rate-limit/redis-rate-limit-store.js';
import { Redis } from 'ioredis';
import { FakeTime } from '../support/fake-time.js';
import { loadLimits, lostWhileNobodyAsked, worstWindowExcess } from '../support/limit-load.js';
import { describeWith, RedisServer } from '../support/redis-server.js';

const HOUR = 3_600;

describe('what counts as too much', () => {
  const policy = perSecond('ingest', 10, 5);

  it('is more than burst + rate x time in any window', () => {
    expect(worstWindowExcess([[0, 5]], policy)).toBe(0);
    expect(worstWindowExcess([[0, 5], [100_000, 1]], policy)).toBe(0); // prettier-ignore
    expect(worstWindowExcess([[0, 5], [99_999, 1]], policy)).toBeCloseTo(0.00001, 8); // prettier-ignore
    expect(worstWindowExcess([[0, 1], [SECOND_MICROS, 5], [SECOND_MICROS, 1]], policy)).toBe(1); // prettier-ignore
  });
});

describe('what a full limiter loses', () => {
  const policy = perSecond('ingest', 10, 5);

  it('is what comes in beyond the burst while nobody asks', () => {
    expect(lostWhileNobodyAsked([], policy, 1)).toBe(0);
    expect(lostWhileNobodyAsked([0, 400_000, 800_000], policy, 1)).toBe(0);
    expect(lostWhileNobodyAsked([1_600_000, 0, 600_000], policy, 1)).toBe(2 + 6);
  });
});

describeWith(['redis-server', 'faketime'], 'rate limits over several instances', () => {
  let redis: RedisServer;
  const clocks = [-HOUR, 0, HOUR, 0.5].map((offset) => new FakeTime(offset));
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(async () => {
    await redis.stop();
    for (const clock of clocks) clock.end();
  });

  it('RL-03 never-over RL-04 RL-06 skew trap.P15-skewed-instances: 4 processes of 64 clients, their clocks an hour apart, get what one would', async () => {
    const policy = perSecond('ingest', 2_000, 500);
    const load = { policy, clients: 64, milliseconds: 5_000, mostCost: 5 };
    const began = performance.now();
    const reports = await loadLimits(redis.url, load, clocks.map((clock) => clock.environment)); // prettier-ignore
    const seconds = (performance.now() - began) / 1_000;
    const skews = reports.map(({ clock }) => Math.round((clock - Date.now()) / 1_000 / HOUR) + 0);
    expect(skews).toEqual([-1, 0, 1, 0]);
    const admitted = reports.flatMap((report) => report.admitted);
    for (const report of reports) expect(report.admitted.length).toBeGreaterThan(0);
    expect(worstWindowExcess(admitted, policy)).toBeLessThanOrEqual(0);
    const sum = admitted.reduce((total, [, cost]) => total + cost, 0);
    expect(sum).toBeLessThanOrEqual(policy.burst + policy.count * seconds);
    const span = Math.max(...admitted.map(([at]) => at)) - Math.min(...admitted.map(([at]) => at));
    const asked = reports.flatMap((report) => report.asked);
    const lost = lostWhileNobodyAsked(asked, policy, load.mostCost);
    expect(sum).toBeGreaterThanOrEqual(0.995 * (policy.burst + (policy.count * span) / SECOND_MICROS - lost) - load.mostCost);
  });
});

describeWith(['redis-server', 'faketime'], 'rate limits when the clock of Redis jumps', () => {
  const policy = perSecond('ingest', 40, 60);

  it.each([
    ['+1 h and back', [HOUR, 0]],
    ['-1 h and back', [-HOUR, 0]],
  ])('RL-07 redis-clock-jump: %s', async (_, jumps) => {
    const clock = new FakeTime();
    const server = await RedisServer.start(clock.environment);
    const client = new Redis(server.url);
    try {
      const store = new RedisRateLimitStore(client);
      const admitted: number[] = [];
      const serverHours = new Set<number>();
      const began = performance.now();
      const takeFor = async (milliseconds: number): Promise<void> => {
        const until = performance.now() + milliseconds;
        while (performance.now() < until) {
          const { outcome, at } = await store.take('acme-corp', [{ policy, cost: 1 }]);
          if (outcome === 'admitted') admitted.push(performance.now());
          serverHours.add(Math.round((at / 1_000 - Date.now()) / 1_000 / HOUR) + 0);
        }
      };
      await takeFor(700);
      for (const offset of jumps) {
        clock.set(offset);
        await takeFor(1_000);
      }
      const seconds = (performance.now() - began) / 1_000;
      const hours = (values: Iterable<number>): number[] => [...values].toSorted((a, b) => a - b);
      expect(hours(serverHours)).toEqual(hours(new Set([0, ...jumps.map((offset) => offset / HOUR)])));
      expect(admitted.length).toBeLessThanOrEqual(2 * policy.burst + policy.count * seconds + 1);
      expect(admitted.length).toBeGreaterThanOrEqual(0.95 * (policy.burst + policy.count * seconds) - 5);
      const pauses = admitted.slice(1).map((time, i) => time - (admitted[i] ?? 0));
      expect(Math.max(...pauses)).toBeLessThanOrEqual((1_000 * policy.burst) / policy.count);
    } finally {
      client.disconnect();
      await server.stop();
      clock.end();
    }
  });
});
