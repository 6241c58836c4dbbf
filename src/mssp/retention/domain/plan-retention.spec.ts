import { readClock, type ClockReading } from './clock-reading.js';
import { fateOf } from './plan-retention.js';

const hold = { reason: 'a case', since: '2026-01-01T00:00:00.000Z', by: 'admin' };
const at = (time: string, believed: string | null = null, written: readonly [string, string][] = []): ClockReading =>
  readClock({ believed: believed === null ? null : Date.parse(believed), written: new Map(written) }, Date.parse(time));

describe('what becomes of a month of events', () => {
  it.each([
    ['2026-07', '2026-11-22T12:00:00Z', 3, 'retire'],
    ['2026-08', '2026-11-22T12:00:00Z', 3, 'within_retention'],
    ['2026-08', '2026-11-30T23:59:59.999Z', 3, 'within_retention'],
    ['2026-08', '2026-12-01T00:00:00Z', 3, 'retire'],
    ['2025-10', '2026-11-22T12:00:00Z', 12, 'retire'],
    ['2025-11', '2026-11-22T12:00:00Z', 12, 'within_retention'],
    ['2027-01', '2026-11-22T12:00:00Z', 3, 'within_retention'],
  ] as const)('R47 %s at %s with %d whole months: %s', (month, now, months, fate) => {
    expect(fateOf(month, { months, hold: null, clock: at(now) })).toBe(fate);
  });

  it('R47 keeps the identities of 90 days where three whole months are fewer days', () => {
    const terms = { months: 3, hold: null };
    expect(fateOf('2026-01', { ...terms, clock: at('2026-05-01T00:00:00Z') })).toBe('identities');
    expect(fateOf('2026-01', { ...terms, clock: at('2026-05-02T00:00:00Z') })).toBe('retire');
  });

  it('R47 keeps everything where nothing is said, and under a legal hold what would go', () => {
    const clock = at('2026-11-22T12:00:00Z');
    expect(fateOf('2001-01', { months: null, hold: null, clock })).toBe('no_limit');
    expect(fateOf('2001-01', { months: 3, hold, clock })).toBe('legal_hold');
    expect(fateOf('2026-10', { months: 3, hold, clock })).toBe('within_retention');
  });

  it('DUR-15 R47 keeps what only a clock that has leapt ahead says to be over, and goes on removing what was over before', () => {
    const terms = { months: 3, hold: null, clock: at('2031-01-01T00:00:00Z', '2026-11-22T12:00:00Z') };
    expect(['2026-07', '2026-08', '2026-11', '2031-01'].map((month) => fateOf(month, terms))).toEqual([
      'retire',
      'clock_doubted',
      'clock_doubted',
      'within_retention',
    ]);
    expect(['2026-07', '2026-08'].map((month) => fateOf(month, { ...terms, hold }))).toEqual(['legal_hold', 'clock_doubted']);
  });

  it('DUR-15 R47 keeps what was stored while the clock was wrong for as long as what was stored when it was', () => {
    const written: [string, string][] = [['2000-01', '2026-11']];
    const fate = (now: string): string => fateOf('2000-01', { months: 3, hold: null, clock: at(now, now, written) });
    expect([fate('2026-11-22T12:00:00Z'), fate('2027-02-28T12:00:00Z'), fate('2027-03-01T12:00:00Z')]).toEqual([
      'within_retention',
      'within_retention',
      'retire',
    ]);
  });
});
