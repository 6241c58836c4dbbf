import type { BacktestProgress } from './backtest.js';
import type { EventPosition, EventSpan } from './past-record.js';
import { addFindings, emptyTally, intervalOf, type TriedRule } from './rule-tally.js';
import type { TrialFindings } from './rule-trial.js';

/** How far reading stored events has come. */
export interface PageEnd {
  /** Where the next page begins; null at the end. */
  readonly next: EventPosition | null;
  /** Chunks of events that this page has read to their end. */
  readonly chunks: number;
  /** Chunks behind it that may hold events of the span; counted up to 10,000. */
  readonly chunksLeft: number;
}

/** Before the first event. */
export function beginning(rules: readonly TriedRule[]): BacktestProgress {
  return { before: null, scanned: 0, chunks: 0, about: null, rules: rules.map(emptyTally) };
}

/**
 * Adds what came of a page of events. How many there are in all is told from how many there were in the chunks so far, and is exact at the end.
 */
export function advance(progress: BacktestProgress, { next, ...page }: PageEnd, found: TrialFindings, span: EventSpan): BacktestProgress {
  const interval = intervalOf(span);
  const scanned = progress.scanned + found.scanned;
  const chunks = progress.chunks + page.chunks;
  const rules = progress.rules.map((tally, at) => {
    const findings = found.rules[at];
    return findings ? addFindings(tally, findings, interval) : tally;
  });
  const about = next === null ? scanned : scanned + Math.round((page.chunksLeft * scanned) / Math.max(1, chunks));
  return { before: next, scanned, chunks, about, rules };
}
