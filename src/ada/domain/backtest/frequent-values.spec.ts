import fc from 'fast-check';
import { countValues, mostFrequent } from './frequent-values.js';

describe('countValues', () => {
  it('counts exactly while there is room, over as many calls as it takes', () => {
    const first = countValues([], ['a', 'b', 'a'], 3);
    const counted = mostFrequent(countValues(first, ['c', 'a', 'b'], 3), 2);
    expect(counted).toEqual([
      { value: 'a', count: 3, uncertain: 0 },
      { value: 'b', count: 2, uncertain: 0 },
    ]);
  });

  it('gives up the rarest for what is new, and says how far it may be wrong', () => {
    const counted = countValues([], ['a', 'a', 'b', 'c'], 2);
    expect(mostFrequent(counted, 9)).toEqual([
      { value: 'a', count: 2, uncertain: 0 },
      { value: 'c', count: 2, uncertain: 1 },
    ]);
  });

  it('tells values apart by their first 256 characters', () => {
    const [one] = countValues([], [`${'x'.repeat(256)}1`, `${'x'.repeat(256)}2`], 10);
    expect(one).toEqual({ value: 'x'.repeat(256), count: 2, uncertain: 0 });
  });

  it('never counts too few, nor more than it says too many, and knows whatever is frequent', () => {
    const stream = fc.array(fc.constantFrom(...'aaaabbbccdefghij'), { maxLength: 200 });
    fc.assert(
      fc.property(stream, fc.integer({ min: 1, max: 12 }), fc.nat(200), (values, room, cut) => {
        const known = countValues(countValues([], values.slice(0, cut), room), values.slice(cut), room);
        const truth = (value: string): number => values.filter((one) => one === value).length;
        expect(known.length).toBeLessThanOrEqual(room);
        expect(known.reduce((sum, { count }) => sum + count, 0)).toBe(values.length);
        for (const { value, count, uncertain } of known) {
          expect(count).toBeGreaterThanOrEqual(truth(value));
          expect(count - uncertain).toBeLessThanOrEqual(truth(value));
        }
        for (const value of new Set(values)) {
          if (truth(value) * room > values.length) expect(known.map((one) => one.value)).toContain(value);
        }
      }),
    );
  });
});
