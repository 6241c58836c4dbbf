import { behindPage } from '../../../contracts/past-progress.js';
import type { PageEnd } from '../../../contracts/stored-events.js';
import type { PastHit, PastHits } from './past-matcher.js';
import type { RetroProgress } from './retro-match.js';

/** Most matches of one indicator, and of all, that one job raises alerts for: an indicator that is everywhere hides no other. */
export const MOST_OF_INDICATOR = 100;
export const MOST_OF_JOB = 2_000;

/** What becomes of a page: what alerts are to be raised for, and the progress behind it. */
export interface TakenHits {
  readonly raise: readonly PastHit[];
  readonly progress: RetroProgress;
}

/** Takes what was found in a page of events. */
export function takeHits(before: RetroProgress, page: PageEnd, { scanned, hits }: PastHits): TakenHits {
  const counts = new Map(Object.entries(before.by_indicator));
  const raise: PastHit[] = [];
  for (const hit of hits) {
    const { id } = hit.detection.rule;
    const count = counts.get(id) ?? 0;
    if (count < MOST_OF_INDICATOR && before.raised + raise.length < MOST_OF_JOB) raise.push(hit);
    if (count > 0 || counts.size < MOST_OF_JOB) counts.set(id, count + 1);
  }
  const progress = {
    ...before,
    ...behindPage(before, page, scanned),
    matches: before.matches + hits.length,
    raised: before.raised + raise.length,
    held_back: before.held_back + hits.length - raise.length,
    by_indicator: Object.fromEntries(counts),
  };
  return { raise, progress };
}
