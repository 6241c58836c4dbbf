import { CacheBudget, ValueCache } from './value-cache.js';

const ATOMS = [1, 2];

/** As engines do: what is not known is looked at and kept. */
function meet(cache: ValueCache<number>, value: string): void {
  if (cache.get(value) === undefined) cache.set(value, ATOMS);
}

interface Held {
  readonly young: ReadonlyMap<string, readonly number[]>;
  readonly old: ReadonlyMap<string, readonly number[]>;
}

/** What a cache holds in memory, whether or not it would still find it. */
function heldIn(cache: ValueCache<number>): Held {
  return cache as unknown as Held;
}

/** Fills a cache with new values until the younger generation is the older one. */
function age(cache: ValueCache<number>, name: string): void {
  for (let value = 0; value === 0 || heldIn(cache).young.has(`${name} 0`); value += 1) meet(cache, `${name} ${value}`);
}

/** Bytes of what a cache holds, as the budget counts them. */
function costOf(cache: ValueCache<number>): number {
  const { young, old } = heldIn(cache);
  return [...young, ...old].reduce((sum, [value, found]) => sum + 96 + value.length * 2 + found.length * 8, 0);
}

describe('ValueCache', () => {
  it('knows what it met in this generation and the one before', () => {
    const budget = new CacheBudget(1_000);
    const [one, other] = [new ValueCache<number>(budget), new ValueCache<number>(budget)];
    one.set('a', ATOMS);
    other.set('b', ATOMS);
    for (let generation = 0; generation < 4; generation += 1) {
      age(other, `${generation}`);
      if (generation === 0) expect([one.get('a'), other.get('b')]).toEqual([ATOMS, ATOMS]);
    }
    expect([one.get('a'), other.get('b'), other.get('2 0'), other.get('3 0')]).toEqual([undefined, undefined, undefined, ATOMS]);
  });

  it('holds no more than its budget in all caches together, also in those that are never used again', () => {
    const budget = new CacheBudget(10_000);
    const caches = Array.from({ length: 6 }, () => new ValueCache<number>(budget));
    for (const [at, cache] of caches.entries()) {
      age(cache, `${at}`);
      expect(caches.reduce((sum, each) => sum + costOf(each), 0)).toBeLessThanOrEqual(10_200);
    }
    age(new ValueCache<number>(budget), 'another');
    age(new ValueCache<number>(budget), 'one more');
    expect(caches.map(costOf)).toEqual([0, 0, 0, 0, 0, 0]);
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
