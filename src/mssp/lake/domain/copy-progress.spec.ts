import { isCopied } from './copy-progress.js';
import { endOfMonth } from './past-position.js';

const DECEMBER = { month: '2026-12', last: 7 };

describe('a month of events', () => {
  const until = (time: string): boolean => isCopied({ events: null, audit: 0, alerts: null, completeUntil: Date.parse(time) }, DECEMBER);

  it('is copied once everything was that had arrived well after its end', () => {
    expect(until('2026-12-31T23:59:59Z')).toBe(false);
    expect(until('2027-01-01T00:30:00Z')).toBe(false);
    expect(until('2027-01-01T01:00:00Z')).toBe(true);
    expect(
      isCopied(
        { events: { month: '2027-02', sequence: 1, record: 0, batch: null, earlier: [] }, audit: 0, alerts: null, completeUntil: null },
        DECEMBER,
      ),
    ).toBe(false);
  });

  it('is copied up to its newest chunk, where copying has come to it or has left it for a later one', () => {
    const at = (month: string, sequence: number) => ({ month, sequence, record: 0 });
    const left = (events: ReturnType<typeof at>, earlier: readonly ReturnType<typeof at>[] | null): boolean =>
      isCopied(
        { events: { ...events, batch: null, earlier }, audit: 0, alerts: null, completeUntil: Date.parse('2027-03-01T00:00:00Z') },
        DECEMBER,
      );
    for (const [sequence, isIn] of [
      [7, false],
      [8, true],
    ] as const) {
      expect(left(at('2026-12', sequence), [])).toBe(isIn);
      expect(left(at('2027-01', 1), [at('2026-11', 1), at('2026-12', sequence)])).toBe(isIn);
    }
    expect(left(at('2027-01', 1), null)).toBe(true);
  });

  it('ends before every batch of the next', () => {
    expect(endOfMonth('2026-12')).toEqual({ batch_id: '01a2ce8b-d400-7000-8000-000000000000', index: 0 });
    expect(Number.parseInt(endOfMonth('2026-12').batch_id.replace('-', '').slice(0, 12), 16)).toBe(Date.parse('2027-01-01T00:00:00Z'));
  });
});
