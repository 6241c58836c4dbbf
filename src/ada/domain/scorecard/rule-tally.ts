import type { RuleAlerts } from '../../../contracts/rule-alerts.js';

/** What a rule's alerts of some days add up to. */
export interface RuleTally extends Pick<RuleAlerts, 'days' | 'verdicts'> {
  readonly alerts: number;
  readonly matches: number;
  /** When the first and the last alert were raised; null where there is none. */
  readonly first_at: string | null;
  readonly last_at: string | null;
}

/** The tally of a rule that raised nothing. */
export const NO_ALERTS: RuleTally = {
  alerts: 0,
  matches: 0,
  verdicts: { true_positive: 0, false_positive: 0, benign_positive: 0 },
  first_at: null,
  last_at: null,
  days: [],
};

/** Adds up what a rule raised; left out it raised nothing. */
export function tallyOf(raised: RuleAlerts | undefined): RuleTally {
  if (raised === undefined) return NO_ALERTS;
  const { days, verdicts, first_at, last_at } = raised;
  const sum = (what: 'alerts' | 'matches'): number => days.reduce((total, day) => total + day[what], 0);
  return { alerts: sum('alerts'), matches: sum('matches'), verdicts, first_at, last_at, days };
}
