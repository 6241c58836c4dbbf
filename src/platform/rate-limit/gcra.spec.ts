import fc from 'fast-check';
import { decide, type Tier } from './gcra.js';
import { MemoryRateLimitStore } from './memory-rate-limit-store.js';
import { rateLimitHeaders } from './rate-limit-headers.js';

const SECOND = 1_000_000;
const START = 1_700_000_000 * SECOND;

describe('the generic cell rate algorithm', () => {
  it('goes through a bucket of 10 at 2 a second, step by step', () => {
    const tier: Tier = { rate: 2, burst: 10 };
    const steps: readonly (readonly [seconds: number, cost: number, outcome: string, remaining: number, retryAfter: number])[] = [
      [0, 0, 'admitted', 10, 0],
      [0, 10, 'admitted', 0, 0],
      [0, 0, 'admitted', 0, 0],
      [0, 1, 'limited', 0, 0.5],
      [0, 11, 'too_costly', 0, 0],
      [0.4, 1, 'limited', 0, 0.1],
      [0.5, 1, 'admitted', 0, 0],
      [1.5, 1, 'admitted', 1, 0],
      [1.5, 3, 'limited', 1, 1],
      [1.5, 1, 'admitted', 0, 0],
      [100, 10, 'admitted', 0, 0],
      [100, 2, 'limited', 0, 1],
      [101, 2, 'admitted', 0, 0],
    ];
    let arrival: number | undefined;
    for (const [seconds, cost, outcome, remaining, retryAfter] of steps) {
      const decision = decide(tier, arrival, START + seconds * SECOND, cost);
      expect([seconds, decision.outcome, decision.remaining, decision.retryAfterMicros]).toEqual([
        seconds,
        outcome,
        remaining,
        retryAfter * SECOND,
      ]);
      if (decision.outcome === 'admitted') arrival = decision.arrival;
    }
  });

  it('keeps nobody waiting longer than a full bucket takes when the clock is set back', () => {
    const tier: Tier = { rate: 2, burst: 10 };
    const { arrival } = decide(tier, undefined, START, 10);
    const earlier = START - 3_600 * SECOND;
    const refused = decide(tier, arrival, earlier, 10);
    expect([refused.outcome, refused.retryAfterMicros]).toEqual(['limited', 5 * SECOND]);
    const one = decide(tier, arrival, earlier + 5 * SECOND, 0);
    expect(one.resetMicros).toBeLessThanOrEqual(5 * SECOND);
  });

  const trace = fc.record({
    rate: fc.integer({ min: 1, max: 100_000 }),
    burst: fc.integer({ min: 1, max: 1_000_000 }),
    requests: fc.array(fc.record({ gap: fc.nat(10 * SECOND), share: fc.double({ min: 0, max: 2, noNaN: true }) }), { maxLength: 40 }),
  });

  it('never admits more than burst + rate x time, in any window of any trace', () => {
    fc.assert(
      fc.property(trace, ({ rate, burst, requests }) => {
        const admitted: { at: number; cost: number }[] = [];
        let arrival: number | undefined;
        let now = START;
        for (const { gap, share } of requests) {
          now += gap;
          const cost = Math.floor(burst * share);
          const decision = decide({ rate, burst }, arrival, now, cost);
          expect(decision.outcome === 'too_costly').toBe(cost > burst);
          if (decision.outcome !== 'admitted') continue;
          arrival = decision.arrival;
          admitted.push({ at: now, cost });
        }
        for (const [first, { at: from }] of admitted.entries()) {
          let sum = 0;
          for (const { at, cost } of admitted.slice(first)) {
            sum += cost;
            expect(sum).toBeLessThanOrEqual(burst + (rate * (at - from + 1)) / SECOND + 1e-6);
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('admits a refused request after exactly the pause it names, and not a microsecond earlier', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 10_000 }), fc.nat(5 * SECOND), (rate, burst, pause) => {
        const { arrival } = decide({ rate, burst }, undefined, START, burst);
        const refused = decide({ rate, burst }, arrival, START + pause, burst);
        if (refused.outcome === 'admitted') return;
        const then = START + pause + refused.retryAfterMicros;
        expect(decide({ rate, burst }, arrival, then, burst).outcome).toBe('admitted');
        expect(decide({ rate, burst }, arrival, then - 1, burst).outcome).toBe('limited');
      }),
      { numRuns: 2_000 },
    );
  });

  it('P16 says in headers when to come back, rounded up', () => {
    const tier: Tier = { rate: 3, burst: 10 };
    const { arrival } = decide(tier, undefined, START, 10);
    const refused = decide(tier, arrival, START, 4);
    expect(rateLimitHeaders('ingest', tier, refused)).toEqual({
      'X-RateLimit-Limit': '10',
      'X-RateLimit-Remaining': '0',
      'X-RateLimit-Reset': '4',
      'RateLimit-Policy': '"ingest";q=10;w=4',
      RateLimit: '"ingest";r=0;t=4',
      'Retry-After': '2',
    });
  });
});

describe('rate limits in memory', () => {
  it('admit exactly the burst of 2,000 parallel requests', async () => {
    const store = new MemoryRateLimitStore();
    const decisions = await Promise.all(Array.from({ length: 2_000 }, () => store.take('a', { rate: 0.001, burst: 100 }, START, 1)));
    expect(decisions.filter(({ outcome }) => outcome === 'admitted')).toHaveLength(100);
    expect((await store.take('b', { rate: 0.001, burst: 100 }, START, 1)).outcome).toBe('admitted');
  });

  it('obey a changed limit at once without a new burst', async () => {
    const store = new MemoryRateLimitStore();
    await store.take('a', { rate: 1, burst: 10 }, START, 10);
    expect((await store.take('a', { rate: 1, burst: 20 }, START, 20)).outcome).toBe('limited');
  });
});
