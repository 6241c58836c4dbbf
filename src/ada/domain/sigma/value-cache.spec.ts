import { CacheBudget, ValueCache } from './value-cache.js';

const ATOMS = [1, 2];

/** As engines do: what is not known is looked at and kept. */
function meet(cache: ValueCache<number>, value: string): void {
  if (cache.get(value) === undefined) cache.set(value, ATOMS);
}

describe('ValueCache', () => {
  it('knows what it met in this generation and the one before', () => {
    const budget = new CacheBudget(1_000);
    const [one, other] = [new ValueCache<number>(budget), new ValueCache<number>(budget)];
    one.set('a', ATOMS);
    other.set('b', ATOMS);
    const age = (): void => {
      const { generation } = budget;
      for (let value = 0; budget.generation === generation; value += 1) meet(other, `${generation} ${value}`);
    };
    age();
    expect([one.get('a'), other.get('b')]).toEqual([ATOMS, ATOMS]);
    for (let times = 0; times < 3; times += 1) age();
    expect([one.get('a'), other.get('b'), other.get('2 0'), other.get('3 0')]).toEqual([undefined, undefined, undefined, ATOMS]);
  });

  it('tells what it has spent, which is never more than its budget and one value', () => {
    const budget = new CacheBudget(10_000);
    const cache = new ValueCache<number>(budget);
    let most = 0;
    for (let value = 0; value < 1_000; value += 1) {
      meet(cache, `value ${value}`);
      most = Math.max(most, budget.spent);
    }
    expect(most).toBeGreaterThan(5_000);
    expect(most).toBeLessThanOrEqual(10_200);
  });

  it('keeps nothing without a budget', () => {
    const budget = new CacheBudget(0);
    const cache = new ValueCache<number>(budget);
    cache.set('a', ATOMS);
    expect([cache.get('a'), budget.spent]).toEqual([undefined, 0]);
  });
});
