import type { DetectorKind, RuleReference } from './detection.js';
import type { FeedbackVerdict } from './feedback.js';
import type { TenantId } from './tenant.js';

/** Whole UTC days, the first and the last included: `2026-11-21`. */
export interface DayRange {
  readonly first_day: string;
  readonly last_day: string;
}

/** What a rule raised on one UTC day. */
export interface RuleDay {
  /** `2026-11-21`. */
  readonly date: string;
  readonly alerts: number;
  /** Matches of the rule that the alerts hold: one each, and in a storm alert all that were folded into it. */
  readonly matches: number;
}

/** What a rule raised in some days, and what analysts said of it. Each alert counts once, on the day on which it was raised. */
export interface RuleAlerts {
  readonly rule_id: string;
  /** Days on which it raised alerts, in order; there is at least one. */
  readonly days: readonly RuleDay[];
  /** When the first and the last of the alerts were raised, RFC 3339 UTC with milliseconds. */
  readonly first_at: string;
  readonly last_at: string;
  /** One of the alerts raised last. */
  readonly alert_id: string;
  /** How many of the alerts the last word on was this, whoever had it. */
  readonly verdicts: Readonly<Record<FeedbackVerdict, number>>;
}

/** A rule as one of its alerts names it. */
export interface AlertedRule {
  readonly rule: RuleReference;
  readonly detector: DetectorKind;
  readonly techniques: readonly string[];
}

/** Read model of alerts for those who keep rules. What indicators raised is not among them. */
export abstract class RuleAlertReader {
  /** What was raised, by all rules or by one, ordered by rule. */
  abstract read(tenant: TenantId, days: DayRange, ruleId?: string): Promise<readonly RuleAlerts[]>;

  /** The rules of those of the alerts that there are, in no particular order. */
  abstract rulesOf(tenant: TenantId, alertIds: readonly string[]): Promise<readonly AlertedRule[]>;
}
