import fc from 'fast-check';
import { decide, type BucketState } from './gcra.js';
import { perSecond, SECOND_MICROS, type RatePolicy } from './rate-policy.js';

const START = 1_700_000_000 * SECOND_MICROS;

/** One limit alone. */
function decideOne(policy: RatePolicy, state: BucketState | undefined, now: number, cost: number) {
  const { decisions, changed } = decide([{ policy, cost }], [state], now);
  const [decision] = decisions;
  if (!decision) throw new Error('nothing was decided');
  return { ...decision, state: changed[0] ?? state };
}

describe('the generic cell rate algorithm', () => {
  const trace = fc.record({
    rate: fc.integer({ min: 1, max: 10_000_000 }),
    burst: fc.integer({ min: 1, max: 1_000_000 }),
    requests: fc.array(fc.record({ gap: fc.nat(10 * SECOND_MICROS), share: fc.double({ min: 0, max: 2, noNaN: true }) }), {
      maxLength: 40,
    }),
  });

  it('never admits more than burst + rate x time, in any window of any trace, not by a microsecond', () => {
    fc.assert(
      fc.property(trace, ({ rate, burst, requests }) => {
        const policy = perSecond('any', rate, burst);
        const admitted: { at: number; cost: number }[] = [];
        let state: BucketState | undefined;
        let now = START;
        for (const { gap, share } of requests) {
          now += gap;
          const cost = Math.floor(burst * share);
          const decision = decideOne(policy, state, now, cost);
          expect(decision.outcome === 'too_costly').toBe(cost > burst);
          state = decision.state;
          if (decision.outcome === 'admitted') admitted.push({ at: now, cost });
        }
        for (const [first, { at: from }] of admitted.entries()) {
          let sum = 0;
          for (const { at, cost } of admitted.slice(first)) {
            sum += cost;
            expect(BigInt(sum - burst) * BigInt(SECOND_MICROS) <= BigInt(rate) * BigInt(at - from)).toBe(true);
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('admits a refused request after exactly the pause it names, and not a microsecond earlier', () => {
    const rate = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(rate, fc.integer({ min: 1, max: 10_000 }), fc.nat(5 * SECOND_MICROS), (count, burst, pause) => {
        const policy = perSecond('any', count, burst);
        const { state } = decideOne(policy, undefined, START, burst);
        const refused = decideOne(policy, state, START + pause, burst);
        if (refused.outcome === 'admitted') return;
        const then = START + pause + refused.retryAfterMicros;
        expect(decideOne(policy, state, then, burst).outcome).toBe('admitted');
        expect(decideOne(policy, state, then - 1, burst).outcome).toBe('limited');
      }),
      { numRuns: 2_000 },
    );
  });
});
