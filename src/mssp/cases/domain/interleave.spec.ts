import fc from 'fast-check';
import { interleave } from './interleave.js';

describe('interleave', () => {
  it('pages through both lists completely and in order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20)), fc.array(fc.nat(20)), fc.integer({ min: 1, max: 5 }), (a, b, limit) => {
        const [firsts, seconds] = [a.toSorted((x, y) => x - y), b.toSorted((x, y) => x - y)];
        const shown: number[] = [];
        for (let [i, j] = [0, 0]; i < firsts.length || j < seconds.length;) {
          const page = interleave(firsts.slice(i, i + limit + 1), seconds.slice(j, j + limit + 1), (x, y) => x <= y, limit);
          shown.push(...page.items.map((item) => ('first' in item ? item.first : item.second)));
          i += page.firsts;
          j += page.seconds;
        }
        expect(shown).toEqual([...a, ...b].toSorted((x, y) => x - y));
      }),
    );
  });
});
