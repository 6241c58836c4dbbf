import { perSecond, SECOND_MICROS, type RateCharge, type RatePolicy } from '../../src/platform/rate-limit/rate-policy.js';
import { START, type RateLimitRig } from '../support/rate-limit-rig.js';

/** What every store of rate limits does. */
export function behavesAsRateLimitStore(open: () => Promise<RateLimitRig>): void {
  let rig: RateLimitRig;
  let scopes = 0;
  beforeAll(async () => {
    rig = await open();
  });
  afterAll(() => rig.close());

  const scope = (): string => `tenant-${(scopes += 1)}`;
  const at = (seconds: number) => rig.setNow(START + Math.round(seconds * SECOND_MICROS));
  const takeOne = async (of: string, policy: RatePolicy, cost: number) => {
    const { outcome, decisions } = await rig.store.take(of, [{ policy, cost }]);
    expect(decisions).toHaveLength(1);
    expect(decisions[0]?.outcome).toBe(outcome);
    const { remaining = -1, retryAfterMicros = -1, resetMicros = -1 } = decisions[0] ?? {};
    return { outcome, remaining, retryAfterMicros, resetMicros };
  };

  it('RL-01 gcra-table: a bucket of 10 at 2 a second, step by step', async () => {
    const policy = perSecond('table', 2, 10);
    const steps: readonly (readonly [seconds: number, cost: number, outcome: string, remaining: number, retry: number, reset: number])[] = [
      [0, 0, 'admitted', 10, 0, 0],
      [0, 10, 'admitted', 0, 0, 5],
      [0, 0, 'admitted', 0, 0, 5],
      [0, 1, 'limited', 0, 0.5, 5],
      [0, 10, 'limited', 0, 5, 5],
      [0, 11, 'too_costly', 0, 0, 5],
      [0.4, 1, 'limited', 0, 0.1, 4.6],
      [0.499999, 1, 'limited', 0, 0.000001, 4.500001],
      [0.5, 1, 'admitted', 0, 0, 5],
      [1.5, 1, 'admitted', 1, 0, 4.5],
      [1.5, 3, 'limited', 1, 1, 4.5],
      [1.5, 1, 'admitted', 0, 0, 5],
      [1.750001, 0, 'admitted', 0, 0, 4.749999],
      [6.5, 0, 'admitted', 10, 0, 0],
      [100, 10, 'admitted', 0, 0, 5],
      [100, 2, 'limited', 0, 1, 5],
      [101, 2, 'admitted', 0, 0, 5],
      [101, 1_000_000, 'too_costly', 0, 0, 5],
      [1_000_000, 9, 'admitted', 1, 0, 4.5],
      [1_000_000, 2, 'limited', 1, 0.5, 4.5],
    ];
    const tenant = scope();
    for (const [seconds, cost, outcome, remaining, retry, reset] of steps) {
      at(seconds);
      const told = await takeOne(tenant, policy, cost);
      const expected = {
        outcome,
        remaining,
        retryAfterMicros: Math.round(retry * SECOND_MICROS),
        resetMicros: Math.round(reset * SECOND_MICROS),
      };
      expect({ seconds, cost, ...told }).toEqual({ seconds, cost, ...expected });
    }
  });

  it('RL-04 never-under: no rate is rounded down, whatever its interval', async () => {
    for (const rate of [3, 7_777, 30_000, 100_000, 700_000, 3_000_001, 10_000_000]) {
      const policy = perSecond('fast', rate, rate);
      const tenant = scope();
      at(0);
      await takeOne(tenant, policy, rate);
      const steps = 1_000;
      const decisions = await Promise.all(
        Array.from({ length: steps }, async (_, step) => {
          at((step + 1) * 0.007);
          const [{ remaining } = { remaining: 0 }] = (await rig.store.take(tenant, [{ policy, cost: 0 }])).decisions;
          return remaining;
        }),
      );
      expect([rate, decisions.at(-1)]).toEqual([rate, rate]);
      const half = decisions[Math.floor(steps / 14) - 1] ?? 0;
      expect([rate, half]).toEqual([rate, Math.floor(rate * 0.007 * Math.floor(steps / 14) + 1e-9)]);
    }
  });

  it('RL-04 never-under: 30 s of more demand than the limit get 99.5 % of burst + rate x time, and not one unit more than all of it', async () => {
    const [rate, burst, seconds, attempts] = [997, 100, 30, 35_000] as const;
    const policy = perSecond('steady', rate, burst);
    const tenant = scope();
    let admitted = 0;
    for (let from = 0; from < attempts; from += 5_000) {
      const verdicts = Array.from({ length: 5_000 }, (_, i) => {
        at(((from + i) * seconds) / attempts);
        return rig.store.take(tenant, [{ policy, cost: 1 }]);
      });
      for (const { outcome } of await Promise.all(verdicts)) admitted += outcome === 'admitted' ? 1 : 0;
    }
    expect(admitted).toBeGreaterThanOrEqual(0.995 * (burst + rate * seconds));
    expect(admitted).toBeLessThanOrEqual(burst + rate * seconds);
  });

  it('RL-10 reject-is-free: after 30 s at 50 times the limit the next request is admitted when Retry-After is over', async () => {
    const policy = perSecond('flooded', 10, 20);
    const tenant = scope();
    const flood = Array.from({ length: 15_000 }, (_, i) => {
      at(i * 0.002);
      return rig.store.take(tenant, [{ policy, cost: 7 }]);
    });
    const last = (await Promise.all(flood)).at(-1);
    expect(last?.outcome).toBe('limited');
    const wait = last?.decisions[0]?.retryAfterMicros ?? 0;
    at(14_999 * 0.002 + (wait - 1) / SECOND_MICROS);
    expect((await takeOne(tenant, policy, 7)).outcome).toBe('limited');
    at(14_999 * 0.002 + wait / SECOND_MICROS);
    expect((await takeOne(tenant, policy, 7)).outcome).toBe('admitted');
  });

  it('RL-10 reject-is-free: who keeps to the limit is never refused', async () => {
    const policy = perSecond('honest', 7, 2);
    const tenant = scope();
    const honest = Array.from({ length: 1_000 }, (_, i) => {
      rig.setNow(START + Math.ceil((i * SECOND_MICROS) / 7));
      return rig.store.take(tenant, [{ policy, cost: 1 }]);
    });
    for (const { outcome } of await Promise.all(honest)) expect(outcome).toBe('admitted');
  });

  it('RL-05 exact-2000: 2,000 at once on a full bucket of 100 admit exactly 100', async () => {
    const policy: RatePolicy = { name: 'slow', burst: 100, count: 1, periodMicros: 1_000 * SECOND_MICROS };
    const tenant = scope();
    at(0);
    const verdicts = await Promise.all(Array.from({ length: 2_000 }, () => rig.store.take(tenant, [{ policy, cost: 1 }])));
    expect(verdicts.filter(({ outcome }) => outcome === 'admitted')).toHaveLength(100);
    expect((await takeOne(scope(), policy, 1)).outcome).toBe('admitted');
  });

  it('RL-11 cost-over-capacity, which takes nothing', async () => {
    const tenant = scope();
    const policy = perSecond('small', 1, 5);
    at(0);
    expect(await takeOne(tenant, policy, 6)).toEqual({ outcome: 'too_costly', remaining: 5, retryAfterMicros: 0, resetMicros: 0 });
    expect((await takeOne(tenant, policy, 5)).outcome).toBe('admitted');
  });

  it('RL-11 zero-cost-peek: looking takes nothing, from an exhausted bucket too', async () => {
    const tenant = scope();
    const policy = perSecond('looked-at', 1, 5);
    at(0);
    for (let looks = 0; looks < 20; looks += 1) expect((await takeOne(tenant, policy, 0)).remaining).toBe(5);
    await takeOne(tenant, policy, 5);
    for (let looks = 0; looks < 20; looks += 1)
      expect(await takeOne(tenant, policy, 0)).toMatchObject({ outcome: 'admitted', remaining: 0 });
    at(1);
    expect(await takeOne(tenant, policy, 0)).toMatchObject({ remaining: 1, resetMicros: 4 * SECOND_MICROS });
  });

  it('RL-11 policy-change-live: a new limit holds at once and brings no new burst', async () => {
    const tenant = scope();
    at(0);
    await takeOne(tenant, perSecond('ingest', 1, 10), 10);
    expect(await takeOne(tenant, perSecond('ingest', 1, 20), 20)).toMatchObject({ outcome: 'limited', remaining: 10 });
    expect((await takeOne(tenant, perSecond('ingest', 100, 10), 1)).retryAfterMicros).toBe(10_000);
    expect((await takeOne(tenant, perSecond('ingest', 1, 10), 1)).retryAfterMicros).toBe(SECOND_MICROS);
    expect(await takeOne(tenant, perSecond('ingest', 1, 5), 1)).toMatchObject({ remaining: 0, resetMicros: 5 * SECOND_MICROS });
    at(4.9);
    expect((await takeOne(tenant, perSecond('ingest', 1, 5), 5)).outcome).toBe('limited');
    at(5);
    expect((await takeOne(tenant, perSecond('ingest', 1, 5), 5)).outcome).toBe('admitted');
  });

  it('takes from all limits or from none, and says of each how it stands', async () => {
    const tenant = scope();
    const wide = perSecond('wide', 10, 100);
    const narrow: RatePolicy = { name: 'narrow', burst: 3, count: 3, periodMicros: 60 * SECOND_MICROS };
    const both = (cost: number): RateCharge[] => [
      { policy: wide, cost },
      { policy: narrow, cost: 1 },
    ];
    at(0);
    for (let turn = 0; turn < 3; turn += 1) expect((await rig.store.take(tenant, both(10))).outcome).toBe('admitted');
    const refused = await rig.store.take(tenant, both(10));
    expect(refused.outcome).toBe('limited');
    expect(refused.decisions).toMatchObject([
      { outcome: 'admitted', remaining: 70, retryAfterMicros: 0 },
      { outcome: 'limited', remaining: 0, retryAfterMicros: 20 * SECOND_MICROS },
    ]);
    expect((await rig.store.take(tenant, both(101))).outcome).toBe('too_costly');
    expect((await rig.store.take(tenant, [{ policy: wide, cost: 70 }])).outcome).toBe('admitted');
    at(20);
    expect((await rig.store.take(tenant, both(70))).outcome).toBe('admitted');
  });

  it('a clock set back keeps nobody out for longer than a full bucket takes, and hands out nothing', async () => {
    const tenant = scope();
    const policy = perSecond('jumpy', 2, 10);
    at(10_000);
    await takeOne(tenant, policy, 10);
    for (const seconds of [6_400, 6_402, 6_404.9]) {
      at(seconds);
      expect((await takeOne(tenant, policy, 10)).outcome).toBe('limited');
    }
    at(6_405);
    expect((await takeOne(tenant, policy, 10)).outcome).toBe('admitted');
  });

  it('fills buckets again when told to, those named only', async () => {
    const tenant = scope();
    const [first, second] = [perSecond('first', 1, 5), perSecond('second', 1, 5)];
    at(0);
    await rig.store.take(tenant, [
      { policy: first, cost: 5 },
      { policy: second, cost: 5 },
    ]);
    await rig.store.reset(tenant, [first]);
    expect((await takeOne(tenant, first, 5)).outcome).toBe('admitted');
    expect((await takeOne(tenant, second, 1)).outcome).toBe('limited');
  });

  it('refuses what it could not keep exactly', async () => {
    const policy = perSecond('ingest', 1, 5);
    for (const charges of [
      [],
      [{ policy, cost: -1 }],
      [{ policy, cost: 0.5 }],
      [{ policy: perSecond('ingest', 1.5, 5), cost: 1 }],
      [{ policy: perSecond('ingest', 1, 2 ** 40), cost: 1 }],
      [
        { policy, cost: 1 },
        { policy, cost: 1 },
      ],
    ]) {
      await expect(rig.store.take(scope(), charges)).rejects.toThrow(RangeError);
    }
  });
}
