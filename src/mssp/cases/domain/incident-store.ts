import type { Alert } from '../../../contracts/alert.js';
import type { Incident, IncidentStatus } from '../../../contracts/incident.js';
import { SEVERITIES, type Severity } from '../../../contracts/severity.js';
import type { TenantId } from '../../../contracts/tenant.js';
import type { Classification, Verdict } from '../../../contracts/verdict.js';
import type { ChangeStamp } from './change-stamp.js';

/** What incidents are listed by. */
export const INCIDENT_SORTS = ['created_at', 'updated_at', 'first_event_at', 'last_event_at', 'severity', 'score'] as const;

export interface IncidentSort {
  readonly by: (typeof INCIDENT_SORTS)[number];
  readonly descending: boolean;
}

/** Filters of a list of incidents: values of one filter are alternatives, filters left out do not filter. */
export interface IncidentQuery {
  /** Without it, incidents that were merged into others are left out. */
  readonly status?: readonly IncidentStatus[];
  readonly severity?: readonly Severity[];
  readonly classification?: readonly Classification[];
  readonly kind?: readonly string[];
  /** `value` or `type:value`. */
  readonly entity?: readonly string[];
  /** A technique also means its sub-techniques. */
  readonly technique?: readonly string[];
  readonly tactic?: readonly string[];
  /** RFC 3339 UTC with milliseconds: incidents with an event from (included) to (excluded). */
  readonly from?: string;
  readonly to?: string;
  readonly sort: IncidentSort;
  /** Position of the last item before: the value sorted by, and the incident's id. */
  readonly after?: readonly [string | number, string];
  readonly limit: number;
}

/** Where an incident stands in a list: the value sorted by, and its id. */
export function incidentPosition(incident: Incident, { by }: IncidentSort): readonly [string | number, string] {
  return [by === 'severity' ? SEVERITIES.indexOf(incident.severity) : incident[by], incident.incident_id];
}

/** What a person may change of an incident. */
export interface IncidentChange {
  readonly status?: IncidentStatus;
  readonly assignee?: string | null;
}

/** An alert that triage has judged. */
export interface JudgedAlert {
  readonly alert: Alert;
  readonly verdict: Verdict;
}

/** The incidents of every tenant. Every change is stored together with its audit record and the work that it causes. */
export abstract class IncidentStore {
  /**
   * Stores verdicts, groups the alerts into incidents and enqueues the response to those that changed, in one transaction. Alerts that have a
   * verdict already are left as they are. Answers those that got theirs now.
   */
  abstract settle(tenant: TenantId, judged: readonly JudgedAlert[], stamp: ChangeStamp): Promise<readonly JudgedAlert[]>;

  abstract find(tenant: TenantId, incidentId: string): Promise<Incident | undefined>;

  /** Ids of the incidents that were merged into one. */
  abstract mergedInto(tenant: TenantId, incidentId: string): Promise<readonly string[]>;

  /** In the order asked for, with one item more than the limit where there is one. */
  abstract list(tenant: TenantId, query: IncidentQuery): Promise<readonly Incident[]>;

  /** Replaces status and assignee where the incident still has the version; `undefined`, with nothing changed, where it has not. */
  abstract update(tenant: TenantId, incident: Incident, change: IncidentChange, stamp: ChangeStamp): Promise<Incident | undefined>;

  /** Merges others into an incident where all of them still have their versions; `undefined`, with nothing changed, where they have not. */
  abstract merge(tenant: TenantId, into: Incident, others: readonly Incident[], stamp: ChangeStamp): Promise<Incident | undefined>;
}
