import { fateOf } from './plan-retention.js';

const hold = { reason: 'a case', since: '2026-01-01T00:00:00.000Z', by: 'admin' };
const at = (time: string): number => Date.parse(time);

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
    expect(fateOf(month, { months, hold: null, now: at(now) })).toBe(fate);
  });

  it('R47 keeps the identities of 90 days where three whole months are fewer days', () => {
    const terms = { months: 3, hold: null };
    expect(fateOf('2026-01', { ...terms, now: at('2026-05-01T00:00:00Z') })).toBe('identities');
    expect(fateOf('2026-01', { ...terms, now: at('2026-05-02T00:00:00Z') })).toBe('retire');
  });

  it('R47 keeps everything where nothing is said, and under a legal hold what would go', () => {
    const now = at('2026-11-22T12:00:00Z');
    expect(fateOf('2001-01', { months: null, hold: null, now })).toBe('no_limit');
    expect(fateOf('2001-01', { months: 3, hold, now })).toBe('legal_hold');
    expect(fateOf('2026-10', { months: 3, hold, now })).toBe('within_retention');
  });
});
