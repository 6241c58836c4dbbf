import { ReadingPace } from './slow-reader.js';

const KIB = 1024;

describe('the pace at which an answer is read', () => {
  it('HOS-01 is too slow where less than 8 KiB are taken in 12 s', () => {
    const pace = new ReadingPace(0, 0);
    const slow = Array.from({ length: 6 }, (_, n) => pace.isTooSlow((n + 1) * KIB, true, (n + 1) * 2_000));
    expect(slow).toEqual([false, false, false, false, false, true]);
  });

  it('HOS-01 is not too slow where 8 KiB are taken in time, for however long', () => {
    const pace = new ReadingPace(0, 0);
    for (let n = 1; n < 100; n++) expect(pace.isTooSlow(n * 8 * KIB, true, n * 11_000)).toBe(false);
  });

  it('HOS-01 is not too slow where nothing waits', () => {
    const pace = new ReadingPace(0, 0);
    expect(pace.isTooSlow(0, false, 60_000)).toBe(false);
    expect(pace.isTooSlow(0, true, 71_000)).toBe(false);
    expect(pace.isTooSlow(0, true, 72_000)).toBe(true);
  });
});
