import { behindPage, NOTHING_SEEN } from '../../../contracts/past-progress.js';
import type { EventSpan, PageEnd } from '../../../contracts/stored-events.js';
import type { BacktestProgress } from './backtest.js';
import { addFindings, emptyTally, intervalOf, type TriedRule } from './rule-tally.js';
import type { TrialFindings } from './rule-trial.js';

/** Before the first event. */
export function beginning(rules: readonly TriedRule[]): BacktestProgress {
  return { ...NOTHING_SEEN, rules: rules.map(emptyTally) };
}

/** Adds what came of a page of events. */
export function advance(progress: BacktestProgress, page: PageEnd, found: TrialFindings, span: EventSpan): BacktestProgress {
  const interval = intervalOf(span);
  const rules = progress.rules.map((tally, at) => {
    const findings = found.rules[at];
    return findings ? addFindings(tally, findings, interval) : tally;
  });
  return { ...behindPage(progress, page, found.scanned), rules };
}
