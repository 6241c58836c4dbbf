import type { Entity } from './entity.js';
import type { Severity } from './severity.js';
import type { TenantId } from './tenant.js';
import type { Classification } from './verdict.js';

export const INCIDENT_STATUSES = ['open', 'in_progress', 'contained', 'closed', 'merged'] as const;

export type IncidentStatus = (typeof INCIDENT_STATUSES)[number];

/** Alerts that belong together, as one story. Times are RFC 3339 UTC with milliseconds. */
export interface Incident {
  readonly incident_id: string;
  readonly tenant_id: TenantId;
  readonly title: string;
  /** What playbooks are chosen by: the furthest ATT&CK tactic reached, or `suspicious-activity`. */
  readonly kind: string;
  readonly status: IncidentStatus;
  readonly severity: Severity;
  readonly classification: Classification;
  /** Highest triage score of its alerts, 0 to 100. */
  readonly score: number;
  readonly assignee: string | null;
  readonly entities: readonly Entity[];
  /** ATT&CK tactic short names in kill-chain order. */
  readonly tactics: readonly string[];
  readonly techniques: readonly string[];
  readonly alert_count: number;
  readonly first_event_at: string;
  readonly last_event_at: string;
  readonly merged_into: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly correlation_id: string;
  readonly version: number;
}
