import type { AlertedRule, RuleAlerts } from '../../../contracts/rule-alerts.js';
import type { RuleSummary } from '../../../contracts/rule-catalog.js';
import { type RuleTally, tallyOf } from './rule-tally.js';

/** A rule, and what its alerts of some days add up to. */
export interface RuleRecord {
  readonly rule: RuleSummary;
  /** False where the rule is gone, and only its alerts tell of it. */
  readonly in_force: boolean;
  readonly tally: RuleTally;
}

/** Ids of alerts that name the rules that are gone: of each rule one. */
export function alertsOfGone(rules: readonly RuleSummary[], raised: readonly RuleAlerts[]): readonly string[] {
  const inForce = new Set(rules.map(({ id }) => id));
  return raised.filter(({ rule_id }) => !inForce.has(rule_id)).map(({ alert_id }) => alert_id);
}

/** The rules in force, with what they raised or nothing, and those that are gone and raised something. */
export function recordsOf(
  rules: readonly RuleSummary[],
  gone: readonly AlertedRule[],
  raised: readonly RuleAlerts[],
): readonly RuleRecord[] {
  const byRule = new Map(raised.map((each) => [each.rule_id, each]));
  return [
    ...rules.map((rule) => ({ rule, in_force: true, tally: tallyOf(byRule.get(rule.id)) })),
    ...gone.map((alerted) => ({ rule: summaryOf(alerted), in_force: false, tally: tallyOf(byRule.get(alerted.rule.id)) })),
  ];
}

/** What is still known of a rule that is gone. */
function summaryOf({ rule, detector, techniques }: AlertedRule): RuleSummary {
  return { ...rule, detector, techniques, status: 'unknown', description: '', tactics: [], logsource: {}, falsepositives: [] };
}
