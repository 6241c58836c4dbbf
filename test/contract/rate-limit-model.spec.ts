import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { SECOND_MICROS, type RatePolicy } from '../../src/platform/rate-limit/rate-policy.js';
import { ExactBucket } from '../support/exact-bucket.js';
import { memoryRig, redisRig, START, type RateLimitRig } from '../support/rate-limit-rig.js';
import { targetOf } from '../support/redis-forms.js';
import { describeWith, RedisServer } from '../support/redis-server.js';

const TRACES = 10_000;

/** Buckets that fill in milliseconds and in days, most of them in seconds, at intervals down to a tenth of a microsecond. */
const policy = fc
  .record({
    burst: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 1_000_000 }), fc.constant(100_000_000)),
    fillSeconds: fc.constantFrom(0.01, 1, 7.3, 20, 60, 100_000),
    periodMicros: fc.constantFrom(SECOND_MICROS, 7 * SECOND_MICROS, 10 * SECOND_MICROS),
  })
  .map(({ burst, fillSeconds, periodMicros }): RatePolicy => {
    const count = Math.ceil((burst * periodMicros) / SECOND_MICROS / fillSeconds);
    return { name: 'model', burst, count, periodMicros };
  });

const GAP = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 0, max: 10 * SECOND_MICROS }));
const SHARE = fc.oneof(
  fc.constantFrom(0, 1),
  ...[2_000, 1_000, 100].map((most) => fc.integer({ min: 0, max: most }).map((n) => n / 1_000)),
);

/** As `expect(told).toEqual(expected)`, which is too slow to be asked this often of what is equal. */
function expectSame(told: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(told, expected)) expect(told).toEqual(expected);
}

describeWith(['redis-server'], 'rate limits and their exact model', () => {
  let server: RedisServer;
  let memory: RateLimitRig;
  let redis: RateLimitRig;
  beforeAll(async () => {
    server = await RedisServer.start();
    [memory, redis] = await Promise.all([memoryRig(), redisRig(targetOf(server.url))]);
  });
  afterAll(async () => {
    await Promise.all([memory.close(), redis.close()]);
    await server.stop();
  });

  it(`RL-02 model-equivalence: over ${TRACES} traces memory, Redis and exact rationals say the same`, async () => {
    const trace = fc.record({ policy, steps: fc.array(fc.record({ gap: GAP, share: SHARE }), { minLength: 1, maxLength: 20 }) });
    let scopes = 0;
    let now = START;
    const seen = { admitted: 0, limited: 0, too_costly: 0 };
    await fc.assert(
      fc.asyncProperty(trace, async (one) => {
        const scope = `trace-${(scopes += 1)}`;
        const exact = new ExactBucket(one.policy);
        const answers = one.steps.map(async ({ gap, share }) => {
          now += gap;
          const at = now;
          const cost = Math.floor(one.policy.burst * share);
          memory.setNow(at);
          redis.setNow(at);
          const model = exact.take(at, cost);
          const charges = [{ policy: one.policy, cost }];
          const told = await Promise.all([memory.store.take(scope, charges), redis.store.take(scope, charges)]);
          seen[model.outcome] += 1;
          for (const verdict of told) expectSame(verdict, { outcome: model.outcome, at, decisions: [model] });
        });
        await Promise.all(answers);
      }),
      { numRuns: TRACES },
    );
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(TRACES / 2);
  });

  it('RL-02 memory and Redis say the same of several limits that change, by a clock that jumps', async () => {
    const step = fc.record({
      gap: fc.oneof(GAP, fc.integer({ min: -20 * SECOND_MICROS, max: 0 })),
      limits: fc.uniqueArray(
        fc.record({
          policy: policy.map((one, name = one.burst % 2 === 0 ? 'even' : 'odd'): RatePolicy => ({ ...one, name })),
          share: SHARE,
        }),
        { minLength: 1, maxLength: 2, selector: (limit) => limit.policy.name },
      ),
    });
    let scopes = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 15 }), async (steps) => {
        const scope = `jumps-${(scopes += 1)}`;
        const fresh = await memoryRig();
        let now = START + 1_000 * SECOND_MICROS;
        const answers = steps.map(async ({ gap, limits }) => {
          now += gap;
          fresh.setNow(now);
          redis.setNow(now);
          const charges = limits.map((limit) => ({ policy: limit.policy, cost: Math.floor(limit.policy.burst * limit.share) }));
          const [here, there] = await Promise.all([fresh.store.take(scope, charges), redis.store.take(scope, charges)]);
          expectSame(there, here);
        });
        await Promise.all(answers);
      }),
      { numRuns: 1_000 },
    );
  });
});
