import fc from 'fast-check';
import { CountSketch } from './count-sketch.js';
import { KeyHash } from './key-hash.js';
import { RateTable } from './rate-table.js';
import { SeenFilter } from './seen-filter.js';

const key = new KeyHash(7);

describe('KeyHash', () => {
  it('keeps the texts of a key apart, and its kind', () => {
    const hashes = [
      [0, 'ab', 'c'],
      [0, 'a', 'bc'],
      [0, 'abc'],
      [1, 'ab', 'c'],
    ].map(([kind, first, second]) => {
      const { low, high } = key.of(kind as number, first as string, second as string | undefined);
      return `${low} ${high}`;
    });
    expect(new Set(hashes).size).toBe(4);
  });
});

describe('SeenFilter', () => {
  it('knows every key that was added, and few that were not', () => {
    const filter = new SeenFilter(8 * 1024);
    for (let i = 0; i < 6_000; i++) filter.add(key.of(0, `in ${i}`));
    for (let i = 0; i < 6_000; i++) expect(filter.has(key.of(0, `in ${i}`))).toBe(true);
    let wrong = 0;
    for (let i = 0; i < 10_000; i++) if (filter.has(key.of(0, `out ${i}`))) wrong++;
    expect(wrong).toBeLessThan(200);
  });

  it('keeps what recurs and forgets what does not, whatever else is added', () => {
    const filter = new SeenFilter(1_024);
    filter.add(key.of(0, 'once'));
    for (let i = 0; i < 5_000; i++) {
      filter.add(key.of(0, `flood ${i}`));
      filter.add(key.of(0, 'often'));
    }
    expect(filter.has(key.of(0, 'often'))).toBe(true);
    expect(filter.has(key.of(0, 'once'))).toBe(false);
  });
});

describe('CountSketch', () => {
  it('never counts too low', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-d]{1,4}$/), { maxLength: 500 }), (texts) => {
        const sketch = new CountSketch(64);
        const exact = new Map<string, number>();
        for (const text of texts) {
          sketch.increment(key.of(0, text));
          exact.set(text, (exact.get(text) ?? 0) + 1);
        }
        for (const [text, count] of exact) expect(sketch.count(key.of(0, text))).toBeGreaterThanOrEqual(count);
      }),
      { numRuns: 50 },
    );
  });

  it('halves its counts and stops at its most', () => {
    const sketch = new CountSketch(64);
    for (let i = 0; i < 70_000; i++) sketch.increment(key.of(0, 'a'));
    expect(sketch.count(key.of(0, 'a'))).toBe(65_535);
    sketch.halve();
    expect(sketch.count(key.of(0, 'a'))).toBe(32_767);
  });
});

describe('RateTable', () => {
  const limits = { floor: 10, timesPeak: 2 };
  const burstsIn = (table: RateTable, window: number, count: number): number =>
    Array.from({ length: count }, () => table.count(key.of(0, 'alice'), window, limits)).filter((burst) => burst !== undefined).length;

  it('tells a burst once a window, above the floor', () => {
    const table = new RateTable(64);
    expect(burstsIn(table, 1, 10)).toBe(0);
    expect(burstsIn(table, 2, 200)).toBe(1);
  });

  it('takes an entity’s own past as the measure', () => {
    const table = new RateTable(64);
    for (let window = 1; window < 20; window++) burstsIn(table, window, 9 + window);
    expect(burstsIn(table, 20, 40)).toBe(0);
    expect(burstsIn(table, 21, 100)).toBe(1);
  });

  it('learns a burst up to its limit only, so that the next is a burst too', () => {
    const table = new RateTable(64);
    for (let window = 1; window < 5; window++) burstsIn(table, window, 3);
    expect(burstsIn(table, 5, 10_000)).toBe(1);
    expect(burstsIn(table, 6, 10_000)).toBe(1);
  });

  it('stays of one size under a flood of entities', () => {
    const table = new RateTable(64);
    const before = table.kept.byteLength;
    for (let i = 0; i < 10_000; i++) table.count(key.of(0, `entity ${i}`), i, limits);
    expect(table.kept.byteLength).toBe(before);
  });
});
