import type { AlertStatus } from '../../../contracts/alert.js';
import type { DetectorKind } from '../../../contracts/detection.js';
import type { FeedbackVerdict } from '../../../contracts/feedback.js';
import type { AlertHappening } from '../domain/alert-message.js';
import type { RuleDayRow } from '../domain/rule-alerts.js';
import type { IncidentStatus } from '../../../contracts/incident.js';
import type { AuditTables } from '../../../platform/audit/audit-tables.js';
import type { FeedTables } from '../../../platform/feed/feed-tables.js';
import type { WorkTables } from '../../../platform/work-queue/work-tables.js';

/**
 * Row of `alert`: what lists filter and sort by, what changes, and `document` with the rest as JSON.
 * Times are RFC 3339 UTC with milliseconds; `severity` and `classification` are ranks, -1 where there is none yet, as is `score`.
 */
export interface AlertRow {
  alert_id: string;
  created_at: string;
  updated_at: string;
  event_time: string;
  severity: number;
  status: AlertStatus;
  assignee: string | null;
  detector: DetectorKind;
  rule_id: string;
  classification: number;
  score: number;
  verdict: string | null;
  incident_id: string | null;
  /** The alert's nearest alert of that incident, where it only joined it, and how far away that is in milliseconds. */
  anchor_id: string | null;
  anchor_distance: number | null;
  count: number;
  evidence: string;
  storm: number;
  version: number;
  document: string;
}

/** Row of `alert_message`: what happened to an alert and is not published yet. `document` is the alert as it was then, as JSON. */
export interface AlertMessageRow {
  alert_id: string;
  version: number;
  event: AlertHappening;
  correlation_id: string;
  traceparent: string | null;
  document: string;
}

/** Row of `incident`. `document` is the incident's `IncidentSummary` as JSON. */
export interface IncidentRow {
  incident_id: string;
  created_at: string;
  updated_at: string;
  first_event_at: string;
  last_event_at: string;
  status: IncidentStatus;
  severity: number;
  classification: number;
  score: number;
  kind: string;
  assignee: string | null;
  alert_count: number;
  merged_into: string | null;
  correlation_id: string;
  version: number;
  document: string;
}

/** The cases' part of a tenant's database. An `entity` column holds `type:value`. */
export interface CaseTables extends AuditTables, FeedTables, WorkTables {
  alert: AlertRow;
  /** One row a detection: what became of it. */
  alert_evidence: { batch_id: string; rule_id: string; event_index: number; alert_id: string };
  alert_entity: { entity: string; rule_id: string; event_ms: number; alert_id: string };
  alert_technique: { technique: string; alert_id: string };
  /** How many alerts were raised singly for the batches that arrived in a minute (counted from the epoch). */
  alert_minute: { minute: number; raised: number };
  /** Tactics seen on an entity in an hour (counted from the epoch): first and last event time. */
  entity_tactic: { entity: string; tactic: string; hour: number; first_ms: number; last_ms: number };
  /** What an entity was seen together with, and since when. */
  entity_anchor: { entity: string; anchor: string; first_ms: number };
  alert_feedback: {
    alert_id: string;
    analyst: string;
    feedback_id: string;
    verdict: FeedbackVerdict;
    comments: string;
    at: string;
    correlation_id: string;
  };
  /** What a rule's alerts of a UTC day (`20261121`) add up to, and one of the last of them. Kept by triggers. */
  rule_day: RuleDayRow & { detector: DetectorKind };
  /** The last word on an alert, whoever had it, by the day on which it was raised. Kept by triggers. */
  alert_word: { alert_id: string; day: number; rule_id: string; verdict: FeedbackVerdict };
  alert_message: AlertMessageRow;
  incident: IncidentRow;
  /** Alerts that incidents are linked by. `role`: 1 links and opens incidents, 0 only joins, -1 belongs to a closed incident. */
  incident_link: { entity: string; role: number; event_ms: number; alert_id: string };
  /** What incidents are filtered by: `entity:host:ws-17`, `technique:T1003.001`, `tactic:discovery`. */
  incident_facet: { facet: string; incident_id: string };
}
