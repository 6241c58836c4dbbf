import type { DetectorKind, RuleReference } from '../../../contracts/detection.js';
import type { DayRange, RuleDay } from '../../../contracts/rule-alerts.js';
import { leastShare } from './least-share.js';
import type { RuleRecord } from './rule-record.js';

/** What scorecards are listed by. */
export const SCORECARD_SORTS = ['noise', 'false_positives', 'alerts', 'matches', 'last_seen_at', 'cost_us'] as const;

export type ScorecardSort = (typeof SCORECARD_SORTS)[number];

/** How a rule did in some days. */
export interface Scorecard extends DayRange {
  readonly rule: RuleReference;
  readonly detector: DetectorKind;
  readonly in_force: boolean;
  /** Null where the rule raises no alerts, so that what it matches is not kept. */
  readonly matches: number | null;
  readonly alerts: number;
  /** Alerts by the last word that an analyst had on them; with `unjudged` they add up to `alerts`. */
  readonly true_positives: number;
  readonly false_positives: number;
  readonly benign_positives: number;
  readonly unjudged: number;
  /** Share of the judged alerts that were false, 0 to 1; null where none was judged. */
  readonly noise: number | null;
  /** What it is at least, with 95 % confidence. */
  readonly noise_at_least: number | null;
  readonly first_seen_at: string | null;
  readonly last_seen_at: string | null;
  /** What the rule costs by itself for an event like its samples, in µs; null where that is not known. */
  readonly cost_us: number | null;
  /** Those with alerts, in order. */
  readonly days: readonly RuleDay[];
}

/**
 * The scorecard that follows from a rule's record. Shares and costs are rounded to thousandths.
 * @param costs in µs by the rule's id, of rules in force.
 */
export function scorecardOf(record: RuleRecord, { first_day, last_day }: DayRange, costs: ReadonlyMap<string, number>): Scorecard {
  const { rule, in_force, tally } = record;
  const { id, title, author, level, license, detector } = rule;
  const { true_positive, false_positive, benign_positive } = tally.verdicts;
  const cost = in_force ? costs.get(id) : undefined;
  const judged = true_positive + false_positive + benign_positive;
  return {
    rule: { id, title, author, level, license },
    detector,
    in_force,
    first_day,
    last_day,
    matches: rule.alerts === false ? null : tally.matches,
    alerts: tally.alerts,
    true_positives: true_positive,
    false_positives: false_positive,
    benign_positives: benign_positive,
    unjudged: tally.alerts - judged,
    noise: judged === 0 ? null : thousandths(false_positive / judged),
    noise_at_least: judged === 0 ? null : thousandths(leastShare(false_positive, judged)),
    first_seen_at: tally.first_at,
    last_seen_at: tally.last_at,
    cost_us: cost === undefined ? null : thousandths(cost),
    days: tally.days,
  };
}

/**
 * Where a scorecard stands in a list: the value sorted by, and the rule's id. By noise that is what it is at least, as one false alert of one says less than
 * forty of fifty; rules of which nothing was judged are below all others, by how many alerts they raised.
 */
export function scorecardPosition(card: Scorecard, by: ScorecardSort): readonly [string | number, string] {
  const { id } = card.rule;
  switch (by) {
    case 'noise':
      return [card.noise_at_least ?? -1 - 1 / (1 + card.alerts), id];
    case 'last_seen_at':
      return [card.last_seen_at ?? '', id];
    case 'matches':
    case 'cost_us':
      return [card[by] ?? -1, id];
    case 'alerts':
    case 'false_positives':
      return [card[by], id];
  }
}

/** Compares positions: by the value, and of equal ones by the id. */
export function comparePositions(one: readonly [string | number, string], other: readonly [string | number, string]): number {
  for (const at of [0, 1] as const) {
    if (one[at] < other[at]) return -1;
    if (one[at] > other[at]) return 1;
  }
  return 0;
}

function thousandths(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
