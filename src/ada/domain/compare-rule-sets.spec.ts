import fc from 'fast-check';
import { compareRuleSets } from './compare-rule-sets.js';

describe('compareRuleSets', () => {
  it('names what came, what went and what is written in another way', () => {
    const before = new Map([
      ['c', '1'],
      ['b', '1'],
      ['a', '1'],
    ]);
    const after = new Map([
      ['e', '1'],
      ['d', '1'],
      ['c', '1'],
      ['b', '2'],
    ]);
    expect(compareRuleSets(before, after)).toEqual({ added: ['d', 'e'], removed: ['a'], changed: ['b'], unchanged: 1 });
  });

  it('accounts for each rule once, and leads from the one set to the other', () => {
    const set = fc
      .dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.constantFrom('1', '2'))
      .map((rules) => new Map(Object.entries(rules)));
    fc.assert(
      fc.property(set, set, (before, after) => {
        const { added, removed, changed, unchanged } = compareRuleSets(before, after);
        expect(added.length + changed.length + unchanged).toBe(after.size);
        const made = new Map([...before].filter(([id]) => !removed.includes(id)));
        for (const id of [...added, ...changed]) made.set(id, after.get(id) as '1');
        expect(made).toEqual(after);
      }),
    );
  });
});
