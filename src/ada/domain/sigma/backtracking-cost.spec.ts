import { backtrackingCost } from './backtracking-cost.js';

const cost = (source: string): number => backtrackingCost(source, 4_096);

describe('backtrackingCost', () => {
  it.each([
    ['^abc$', 0],
    ['abc', 12],
    ['^a*', 12],
    ['a+b', 24],
    ['^a*?b{2,}', 24],
    ['^[\\]*+]\\*\\+', 0],
    ['^(?:a*b*)c', 24],
    ['^(?:a*){3}', 36],
    ['^a{4}', 0],
    ['^a{1,4}', 2],
    ['^a?b?c?', 3],
    ['^(?:ab?){8}', 8],
    ['^(?=.*a)(?=.*b)(?!c*)$', 12],
    ['^(?<=a+)b*', 24],
    ['(a|b)', 13],
    ['^(?<name>a)\\k<name>+', 12],
    ['a{,3}*', 24],
  ])('of %s on 4,096 characters is 2 to the power of %d', (source, steps) => {
    expect(cost(source)).toBeCloseTo(steps);
  });

  it.each(['^(a+)+$', '^(a|a)*$', '^(a|aa)+$', '(a?){2,}', '(a*)*b', '(x+x+)+y', '^(?=(a+)+$)', '((ab?)c){3,}'])(
    'of %s grows exponentially',
    (source) => {
      expect(cost(source)).toBe(Infinity);
    },
  );

  it('is not told of groups that are nested deeper than a pattern needs', () => {
    expect(cost(`^${'('.repeat(2_000)}a${')'.repeat(2_000)}`)).toBe(Infinity);
  });
});
