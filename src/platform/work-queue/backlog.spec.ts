import { addBacklog, topBacklogs, type Backlog } from './backlog.js';

describe('backlogs', () => {
  it('R31 add up, and are as old as the oldest of them', () => {
    const sums = new Map<string, Backlog>([['triage', { items: 0, dueSince: 1 }]]);
    addBacklog(sums, 'triage', { items: 2, dueSince: 50 });
    addBacklog(sums, 'triage', { items: 3, dueSince: 40 });
    addBacklog(sums, 'triage', { items: 1, dueSince: 60 });
    expect(sums.get('triage')).toEqual({ items: 6, dueSince: 40 });
  });

  it('TEN-14 have series for the tenants with the most, and one for all others', () => {
    const all = new Map(Array.from({ length: 100 }, (_, n) => [`tenant-${n}`, { items: n + 1, dueSince: 1_000 - n }] as const));
    const top = topBacklogs(all, 3, '_other');
    expect([...top.keys()]).toEqual(['tenant-99', 'tenant-98', 'tenant-97', '_other']);
    expect(top.get('_other')).toEqual({ items: (97 * 98) / 2, dueSince: 1_000 - 96 });
    expect(topBacklogs(all, 100, '_other').has('_other')).toBe(false);
  });
});
