import fc from 'fast-check';
import { monthToNote, readClock, trusting, type ClockRecord } from './clock-reading.js';

const DAY_MS = 86_400_000;
const at = (time: string): number => Date.parse(time);
const NOON = at('2026-11-22T12:00:00Z');
const record = (believed: number | null, written: Readonly<Record<string, string>> = {}): ClockRecord => ({
  believed,
  written: new Map(Object.entries(written)),
});

describe('a wall clock', () => {
  it.each([
    ['for the first time', null, NOON, NOON, 0],
    ['a week after the last look', NOON - 7 * DAY_MS, NOON, NOON, 0],
    ['more than a week after the last look', NOON - 7 * DAY_MS - 1, NOON, NOON - 7 * DAY_MS - 1, 7 * DAY_MS + 1],
    ['a day before the last look', NOON + DAY_MS, NOON, NOON, 0],
    ['more than a day before the last look', NOON + DAY_MS + 1, NOON, NOON, -DAY_MS - 1],
  ])('DUR-15 that is looked at %s', (_, last, now, believed, offset) => {
    expect(readClock(record(last), now)).toMatchObject({ now, believed, offset });
  });

  it('DUR-15 that was set back has its months noted as stored when it was believed last, once', () => {
    const now = at('2000-01-01T00:00:10Z');
    const noted = (known: ClockRecord): unknown => monthToNote(known, readClock(known, now));
    expect(noted(record(NOON))).toEqual(['2000-01', '2026-11']);
    expect(noted(record(NOON, { '2000-01': '2026-10' }))).toEqual(['2000-01', '2026-11']);
    expect(noted(record(NOON, { '2000-01': '2026-11' }))).toBeUndefined();
    expect(noted(record(null))).toBeUndefined();
    expect(monthToNote(record(NOON), readClock(record(NOON), NOON - 2 * DAY_MS))).toBeUndefined();
    expect(monthToNote(record(NOON), readClock(record(NOON), at('2030-01-01T00:00:00Z')))).toBeUndefined();
  });

  it('DUR-15 that somebody says is right, although it leapt ahead, keeps the month before the leap as one of now', () => {
    const known = trusting(record(at('2000-01-01T00:00:10Z')), NOON);
    expect(known).toEqual(record(NOON, { '2000-01': '2026-11' }));
    expect(readClock(known, NOON)).toMatchObject({ believed: NOON, offset: 0 });
    expect(readClock(known, NOON).writtenIn('2000-01')).toBe('2026-11');
    expect(readClock(known, NOON).writtenIn('2000-02')).toBe('2000-02');
  });

  it('DUR-15 that somebody says is right, although it was set back, keeps nothing for later than now', () => {
    const known = record(at('2031-05-01T00:00:00Z'), { '2026-11': '2031-05', '2000-01': '2026-10' });
    expect(trusting(known, NOON)).toEqual(record(NOON, { '2026-11': '2026-11', '2000-01': '2026-10' }));
  });

  it('DUR-15 never makes anything older by more than a week a look, whatever it says', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4e12 }), { minLength: 2, maxLength: 50 }), (times) => {
        let known = record(times[0] ?? 0);
        for (const now of times) {
          const { believed, offset } = readClock(known, now);
          expect(believed).toBeLessThanOrEqual((known.believed ?? 0) + 7 * DAY_MS);
          if (offset === 0 && now > (known.believed ?? 0)) known = record(now);
        }
      }),
    );
  });
});
