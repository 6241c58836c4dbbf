import fc from 'fast-check';
import { BoundedMemo } from './bounded-memo.js';
import { MemoBudget } from './memo-budget.js';

describe('MemoBudget', () => {
  it('bounds what memos hold together, and what each may hold, whatever they are told', () => {
    const step = fc.record({ memo: fc.nat(3), key: fc.nat(9), isCleared: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const budget = new MemoBudget(7);
        const memos = Array.from({ length: 4 }, () => new BoundedMemo<number>(4, budget));
        for (const { memo, key, isCleared } of steps) {
          if (isCleared) memos[memo]?.clear();
          else memos[memo]?.set(`${key}`, key);
          if (!isCleared) expect(memos[memo]?.get(`${key}`)).toBe(key);
          const sizes = memos.map(({ size }) => size);
          expect(Math.max(...sizes)).toBeLessThanOrEqual(4);
          expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(7);
        }
      }),
    );
  });

  it('counts no entry that is gone: memos that take turns are not emptied', () => {
    const budget = new MemoBudget(10);
    const kept = new BoundedMemo<number>(5, budget);
    kept.set('common', 1);
    const other = new BoundedMemo<number>(5, budget);
    for (let i = 0; i < 1_000; i += 1) other.set(`${i}`, i);
    expect(kept.get('common')).toBe(1);
  });

  it('empties memos that nobody asks any more', () => {
    const budget = new MemoBudget(10);
    const idle = new BoundedMemo<number>(10, budget);
    for (let i = 0; i < 9; i += 1) idle.set(`${i}`, i);
    const busy = new BoundedMemo<number>(10, budget);
    busy.set('a', 1);
    busy.set('b', 2);
    expect([idle.size, busy.size]).toEqual([0, 1]);
  });
});
