import { isCopied } from './copy-progress.js';
import { endOfMonth } from './past-position.js';

describe('a month of events', () => {
  const until = (time: string): boolean => isCopied({ events: null, audit: 0, alerts: null, completeUntil: Date.parse(time) }, '2026-12');

  it('is copied once everything was that had arrived well after its end', () => {
    expect(until('2026-12-31T23:59:59Z')).toBe(false);
    expect(until('2027-01-01T00:30:00Z')).toBe(false);
    expect(until('2027-01-01T01:00:00Z')).toBe(true);
    expect(
      isCopied(
        { events: { month: '2027-02', sequence: 1, record: 0, batch: null }, audit: 0, alerts: null, completeUntil: null },
        '2026-12',
      ),
    ).toBe(false);
  });

  it('ends before every batch of the next', () => {
    expect(endOfMonth('2026-12')).toEqual({ batch_id: '01a2ce8b-d400-7000-8000-000000000000', index: 0 });
    expect(Number.parseInt(endOfMonth('2026-12').batch_id.replace('-', '').slice(0, 12), 16)).toBe(Date.parse('2027-01-01T00:00:00Z'));
  });
});
