import { BoundedMemo } from './bounded-memo.js';

describe('BoundedMemo', () => {
  it('remembers, and never holds more than its capacity', () => {
    const memo = new BoundedMemo<number>(2);
    memo.set('a', 1);
    expect(memo.get('a')).toBe(1);
    memo.set('b', 2);
    expect(memo.set('c', 3)).toBe(3);
    expect([memo.get('a'), memo.get('b'), memo.get('c')]).toEqual([undefined, undefined, 3]);
  });

  it('takes another value for what it remembers without forgetting', () => {
    const memo = new BoundedMemo<number>(2);
    memo.set('a', 1);
    memo.set('b', 2);
    memo.set('a', 3);
    expect([memo.get('a'), memo.get('b')]).toEqual([3, 2]);
  });
});
