import fc from 'fast-check';
import type { PastHit } from './past-matcher.js';
import { NOTHING_MATCHED, type RetroProgress } from './retro-match.js';
import { MOST_OF_INDICATOR, MOST_OF_JOB, takeHits } from './take-hits.js';

const PAGE = { next: { month: '2026-03', sequence: 7, record: 3 }, chunks: 1, chunksLeft: 1 };

/** An indicator seen in an event. */
function hit(indicator: string, event = 'e.0'): PastHit {
  const rule = { id: indicator, title: indicator, author: 'feed', level: 'high', license: '' } as const;
  const detection = { detector: 'intel', rule, severity: 'high', event_index: 0, event_time: '', reason: '' } as const;
  return { event_id: event, detection: { ...detection, entities: [], techniques: [], tactics: [] } };
}

const hits = (indicator: string, count: number): readonly PastHit[] => Array.from({ length: count }, (_, at) => hit(indicator, `e.${at}`));

describe('takeHits', () => {
  it('raises what was found, counts it by indicator, and goes on behind the page', () => {
    const found = [hit('a', 'e.1'), hit('b', 'e.1'), hit('a', 'e.2')];
    const { raise, progress } = takeHits(NOTHING_MATCHED, PAGE, { scanned: 10, hits: found });
    expect(raise).toEqual(found);
    expect(progress).toMatchObject({ before: PAGE.next, scanned: 10, chunks: 1, about: 20 });
    expect(progress).toMatchObject({ matches: 3, raised: 3, held_back: 0, by_indicator: { a: 2, b: 1 } });
  });

  it('holds an indicator back that is everywhere, over as many pages as it takes, and hides no other behind it', () => {
    const first = takeHits(NOTHING_MATCHED, PAGE, { scanned: 90, hits: hits('everywhere', 90) });
    const second = takeHits(first.progress, PAGE, { scanned: 50, hits: [...hits('everywhere', 50), hit('rare')] });
    expect(second.raise).toHaveLength(11);
    expect(second.raise.at(-1)?.detection.rule.id).toBe('rare');
    expect(second.progress).toMatchObject({ matches: 141, raised: 101, held_back: 40, by_indicator: { everywhere: 140, rare: 1 } });
  });

  it('raises no more than its bounds, counts every match once, and keeps counts of no more indicators than it raises for', () => {
    const page = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 80 })), { maxLength: 40 });
    fc.assert(
      fc.property(fc.array(page, { maxLength: 6 }), (pages) => {
        let progress: RetroProgress = NOTHING_MATCHED;
        const raised = new Map<string, number>();
        for (const groups of pages) {
          const taken = takeHits(progress, PAGE, { scanned: 0, hits: groups.flatMap(([name, count]) => hits(`i-${name}`, count)) });
          for (const { detection } of taken.raise) raised.set(detection.rule.id, (raised.get(detection.rule.id) ?? 0) + 1);
          progress = taken.progress;
        }
        const all = pages.flat();
        const total = all.reduce((sum, [, count]) => sum + count, 0);
        expect(progress.matches).toBe(total);
        expect(progress.raised + progress.held_back).toBe(total);
        expect(Math.max(0, ...raised.values())).toBeLessThanOrEqual(MOST_OF_INDICATOR);
        expect([...raised.values()].reduce((sum, count) => sum + count, 0)).toBe(progress.raised);
        expect(progress.raised).toBeLessThanOrEqual(MOST_OF_JOB);
        const counted = Object.values(progress.by_indicator).reduce((sum, count) => sum + count, 0);
        expect(counted).toBe(total);
      }),
    );
    const many = takeHits(NOTHING_MATCHED, PAGE, { scanned: 0, hits: Array.from({ length: MOST_OF_JOB + 5 }, (_, at) => hit(`i-${at}`)) });
    expect([many.raise.length, many.progress.held_back, Object.keys(many.progress.by_indicator).length]).toEqual([
      MOST_OF_JOB,
      5,
      MOST_OF_JOB,
    ]);
  });
});
