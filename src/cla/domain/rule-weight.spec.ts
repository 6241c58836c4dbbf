import fc from 'fast-check';
import { countFeedback, NO_FEEDBACK, WEIGHT_BOUNDS, weightFrom } from './rule-weight.js';

const counts = fc.record({
  true_positives: fc.nat(10_000),
  false_positives: fc.nat(10_000),
  benign_positives: fc.nat(10_000),
  analysts: fc.integer({ min: 1, max: 20 }),
});

describe('weightFrom', () => {
  it('R05 is neutral without feedback, falls with false and rises with true positives', () => {
    expect(weightFrom('r', NO_FEEDBACK).weight).toBe(1);
    const team = { ...NO_FEEDBACK, analysts: 3 };
    expect(weightFrom('r', { ...team, false_positives: 4 }).weight).toBeLessThan(0.75);
    expect(weightFrom('r', { ...team, true_positives: 4 }).weight).toBeGreaterThan(1.15);
    expect(weightFrom('r', { ...team, benign_positives: 4 }).weight).toBeGreaterThan(
      weightFrom('r', { ...team, false_positives: 4 }).weight,
    );
  });

  it('stays inside its bounds, and goes half as far for one person', () => {
    fc.assert(
      fc.property(counts, (given) => {
        const { weight } = weightFrom('r', given);
        expect(weight).toBeGreaterThanOrEqual(WEIGHT_BOUNDS.least);
        expect(weight).toBeLessThanOrEqual(WEIGHT_BOUNDS.most);
        const alone = weightFrom('r', { ...given, analysts: 1 }).weight - 1;
        const together = weightFrom('r', { ...given, analysts: 2 }).weight - 1;
        expect(Math.abs(alone * 2 - together)).toBeLessThan(0.003);
      }),
    );
  });

  it('one more of a kind never moves it the other way', () => {
    fc.assert(
      fc.property(counts, (given) => {
        const { weight } = weightFrom('r', given);
        expect(weightFrom('r', { ...given, true_positives: given.true_positives + 1 }).weight).toBeGreaterThanOrEqual(weight);
        expect(weightFrom('r', { ...given, false_positives: given.false_positives + 1 }).weight).toBeLessThanOrEqual(weight);
      }),
    );
  });
});

describe('countFeedback', () => {
  it('counts verdicts and people', () => {
    const given = [
      { verdict: 'true_positive', analyst: 'jo' },
      { verdict: 'false_positive', analyst: 'jo' },
      { verdict: 'true_positive', analyst: 'kim' },
    ] as const;
    expect(countFeedback(given)).toEqual({ true_positives: 2, false_positives: 1, benign_positives: 0, analysts: 2 });
  });
});
