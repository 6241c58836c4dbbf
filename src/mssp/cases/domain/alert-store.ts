import type { Alert, AlertStatus } from '../../../contracts/alert.js';
import type { DetectorKind } from '../../../contracts/detection.js';
import type { Feedback } from '../../../contracts/feedback.js';
import type { DayRange, RuleAlerts } from '../../../contracts/rule-alerts.js';
import { SEVERITIES, type Severity } from '../../../contracts/severity.js';
import type { TenantId } from '../../../contracts/tenant.js';
import type { TriageContext } from '../../../contracts/triage-agent.js';
import type { Classification } from '../../../contracts/verdict.js';
import type { ChangeStamp } from './change-stamp.js';
import type { RaiseRequest } from './raise-request.js';

/** What alerts are listed by. */
export const ALERT_SORTS = ['created_at', 'updated_at', 'event_time', 'severity', 'score'] as const;

export interface AlertSort {
  readonly by: (typeof ALERT_SORTS)[number];
  readonly descending: boolean;
}

/** Filters of a list of alerts: values of one filter are alternatives, filters left out do not filter. */
export interface AlertQuery {
  readonly status?: readonly AlertStatus[];
  readonly severity?: readonly Severity[];
  readonly classification?: readonly Classification[];
  readonly detector?: readonly DetectorKind[];
  readonly rule_id?: readonly string[];
  /** A technique also means its sub-techniques. */
  readonly technique?: readonly string[];
  /** `value` or `type:value`. */
  readonly entity?: readonly string[];
  readonly incident_id?: readonly string[];
  /** Bounds of the event time, RFC 3339 UTC with milliseconds: from (included) to (excluded). */
  readonly from?: string;
  readonly to?: string;
  readonly sort: AlertSort;
  /** Position of the last item before: the value sorted by, and the alert's id. */
  readonly after?: readonly [string | number, string];
  readonly limit: number;
}

/** Where an alert stands in a list: the value sorted by, and its id. */
export function alertPosition(alert: Alert, { by }: AlertSort): readonly [string | number, string] {
  switch (by) {
    case 'severity':
      return [SEVERITIES.indexOf(alert.severity), alert.alert_id];
    case 'score':
      return [alert.verdict?.score ?? -1, alert.alert_id];
    case 'created_at':
    case 'updated_at':
    case 'event_time':
      return [alert[by], alert.alert_id];
  }
}

/** Whose alerts are added up: of rules of these detectors, of all rules or of one. */
export interface RuleAlertQuery extends DayRange {
  readonly detector: readonly DetectorKind[];
  readonly rule_id?: string | undefined;
}

/** What a person may change of an alert. */
export interface AlertChange {
  readonly status?: AlertStatus;
  readonly assignee?: string | null;
}

/** The alerts of every tenant. Every change is stored together with its audit record and the work that it causes. */
export abstract class AlertStore {
  /** Raises alerts for detections that have none yet and enqueues their triage. */
  abstract raise(tenant: TenantId, request: RaiseRequest): Promise<void>;

  /** How many alerts of their own were raised in a minute, counted from the epoch; what was folded is not among them. */
  abstract raisedIn(tenant: TenantId, minute: number): Promise<number>;

  abstract find(tenant: TenantId, alertId: string): Promise<Alert | undefined>;

  /** Those of the alerts that there are, in no particular order. */
  abstract findMany(tenant: TenantId, alertIds: readonly string[]): Promise<readonly Alert[]>;

  /** In the order asked for, with one item more than the limit where there is one. */
  abstract list(tenant: TenantId, query: AlertQuery): Promise<readonly Alert[]>;

  /** What was raised by rule and UTC day, with the last word that analysts had on it, ordered by rule. */
  abstract byRule(tenant: TenantId, query: RuleAlertQuery): Promise<readonly RuleAlerts[]>;

  /** What bears on the verdicts of the alerts, in their order. */
  abstract contextsOf(tenant: TenantId, alerts: readonly Alert[]): Promise<readonly TriageContext[]>;

  /** Replaces status and assignee where the alert still has the version; `undefined`, with nothing changed, where it has not. */
  abstract update(tenant: TenantId, alert: Alert, change: AlertChange, stamp: ChangeStamp): Promise<Alert | undefined>;

  /**
   * Keeps what an analyst said of an alert and enqueues its learning; it replaces what the same analyst said before.
   * Saying the same again changes nothing. Answers the feedback as stored.
   */
  abstract keepFeedback(tenant: TenantId, feedback: Feedback, stamp: ChangeStamp): Promise<Feedback>;
}
