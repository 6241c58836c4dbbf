import type { FeedbackVerdict } from '../../../contracts/feedback.js';
import type { RuleAlerts } from '../../../contracts/rule-alerts.js';

/** What one rule raised on one day, as it is stored. */
export interface RuleDayRow {
  readonly rule_id: string;
  /** `20261121`. */
  readonly day: number;
  readonly alerts: number;
  readonly matches: number;
  readonly first_at: string;
  readonly last_at: string;
  readonly alert_id: string;
}

/** How many alerts of a rule the last word on was this. */
export interface WordCount {
  readonly rule_id: string;
  readonly verdict: FeedbackVerdict;
  readonly alerts: number;
}

/** Adds up rows by rule; the rules are in order. Words on alerts of rules that have no day are left out. @param days ordered by day. */
export function ruleAlertsOf(days: readonly RuleDayRow[], words: readonly WordCount[]): readonly RuleAlerts[] {
  const wordsOf = Map.groupBy(words, ({ rule_id }) => rule_id);
  const rules = [...Map.groupBy(days, ({ rule_id }) => rule_id)].sort(([one], [other]) => (one < other ? -1 : 1));
  return rules.map(([rule_id, own]) => {
    const latest = own.reduce((last, row) => (row.last_at < last.last_at ? last : row));
    return {
      rule_id,
      days: own.map(({ day, alerts, matches }) => ({ date: dateOf(day), alerts, matches })),
      first_at: own.reduce((first, row) => (row.first_at < first ? row.first_at : first), latest.last_at),
      last_at: latest.last_at,
      alert_id: latest.alert_id,
      verdicts: verdictsOf(wordsOf.get(rule_id) ?? []),
    };
  });
}

function verdictsOf(words: readonly WordCount[]): RuleAlerts['verdicts'] {
  const sum = (verdict: FeedbackVerdict): number =>
    words.reduce((alerts, word) => (word.verdict === verdict ? alerts + word.alerts : alerts), 0);
  return {
    true_positive: sum('true_positive'),
    false_positive: sum('false_positive'),
    benign_positive: sum('benign_positive'),
  };
}

function dateOf(day: number): string {
  const digits = String(day);
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
}
