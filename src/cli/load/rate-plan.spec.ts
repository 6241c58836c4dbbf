import fc from 'fast-check';
import { parseStages, planRequests, planSeconds, sendTimes } from './rate-plan.js';

describe('a plan of rates', () => {
  it('R48 reads stages, and refuses what is none', () => {
    expect(parseStages('200:60, 50..400:1.5')).toEqual([
      { from: 200, to: 200, seconds: 60 },
      { from: 50, to: 400, seconds: 1.5 },
    ]);
    for (const text of ['', '5', '5:', ':5', '-5:1', '1..:1', '0:5', '5:0', '1e9:1', '200000:1', '5:1,'])
      expect(() => parseStages(text)).toThrow();
  });

  it('R48 sends as many as the area below the rates, each in its stage and never before an earlier one', () => {
    const stage = fc.record({
      from: fc.integer({ min: 1, max: 500 }),
      to: fc.integer({ min: 1, max: 500 }),
      seconds: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(stage, { minLength: 1, maxLength: 4 }), (stages) => {
        const times = [...sendTimes(stages)];
        expect(times).toHaveLength(planRequests(stages));
        expect(times.every((time, index) => time >= (times[index - 1] ?? 0) && time <= planSeconds(stages) + 1e-6)).toBe(true);
        const [{ from, to, seconds } = { from: 0, to: 0, seconds: 0 }] = stages;
        const half = times.filter((time) => time < seconds / 2).length;
        expect(Math.abs(half - ((3 * from + to) / 8) * seconds)).toBeLessThanOrEqual(1.01);
      }),
      { numRuns: 50 },
    );
  });

  it('R48 spaces requests of one rate evenly', () => {
    expect([...sendTimes(parseStages('4:1,2:1'))]).toEqual([0, 0.25, 0.5, 0.75, 1, 1.5]);
  });
});
