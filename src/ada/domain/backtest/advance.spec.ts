import { advance, beginning } from './advance.js';
import type { BacktestProgress } from './backtest.js';
import type { TrialFindings } from './rule-trial.js';

const RULE = { id: 'r', title: 'R', level: 'high' } as const;
const DAY = 86_400_000;
const START = Date.UTC(2026, 2, 1);
const WEEK = { from: START, to: START + 7 * DAY };
const POSITION = { month: '2026-03', sequence: 7, record: 3 };
const NOTHING: TrialFindings = { scanned: 0, rules: [] };

function found(scanned: number, times: readonly number[]): TrialFindings {
  const matches = times.map((time, at) => ({ event_id: `e-${time}-${at}`, time, host: 'web-1', ...(at === 0 && { user: 'ann' }) }));
  return { scanned, rules: [{ events: scanned, matches, filtered: 1, micros: 10 }] };
}

describe('advance', () => {
  it('adds up what pages have found, by the day where the span is longer than three of them, and goes on where the page ends', () => {
    const first = advance(beginning([RULE]), { next: POSITION, chunks: 2, chunksLeft: 4 }, found(100, [START, START + DAY - 1]), WEEK);
    expect(first).toMatchObject({ before: POSITION, scanned: 100, chunks: 2, about: 300 });
    const second = advance(first, { next: null, chunks: 1, chunksLeft: 0 }, found(40, [START + DAY]), WEEK);
    expect(second).toMatchObject({ before: null, scanned: 140, chunks: 3, about: 140 });
    expect(second.rules).toEqual([
      {
        ...RULE,
        events: 140,
        matches: 3,
        filtered: 2,
        micros: 20,
        by_time: { '2026-03-01T00:00:00.000Z': 2, '2026-03-02T00:00:00.000Z': 1 },
        hosts: [{ value: 'web-1', count: 3, uncertain: 0 }],
        users: [{ value: 'ann', count: 2, uncertain: 0 }],
        samples: [`e-${START}-0`, `e-${START + DAY - 1}-1`, `e-${START + DAY}-0`],
      },
    ]);
  });

  it('counts by the hour where the span is short', () => {
    const page = { next: null, chunks: 1, chunksLeft: 0 };
    const { rules } = advance(beginning([RULE]), page, found(1, [START + 5_400_000]), { from: START, to: START + 3 * DAY });
    expect(rules[0]?.by_time).toEqual({ '2026-03-01T01:00:00.000Z': 1 });
  });

  it('takes pages without events, and is at the end of nothing at once', () => {
    const end = advance(beginning([RULE]), { next: null, chunks: 0, chunksLeft: 0 }, NOTHING, WEEK);
    expect(end).toEqual({ ...beginning([RULE]), about: 0 });
  });

  it('is bounded, however much is found', () => {
    let progress: BacktestProgress = beginning([RULE]);
    for (let page = 0; page < 20; page += 1) {
      const matches = Array.from({ length: 1_000 }, (_, at) => {
        const id = `${page}-${at}`;
        return { event_id: `00000000-0000-7000-8000-000000000000.${id}`, time: START + at, host: `h-${id}`.padEnd(300), user: `u-${id}` };
      });
      const findings = { scanned: 1_000, rules: [{ events: 1_000, matches, filtered: 0, micros: 1 }] };
      progress = advance(progress, { next: POSITION, chunks: 1, chunksLeft: 1 }, findings, WEEK);
    }
    expect(progress.rules[0]).toMatchObject({ matches: 20_000, by_time: { '2026-03-01T00:00:00.000Z': 20_000 } });
    expect(progress.rules[0]?.samples).toHaveLength(50);
    expect(JSON.stringify(progress).length).toBeLessThan(64 * 1024);
  });
});
