import type { DetectorKind, RuleReference } from './detection.js';
import type { Entity } from './entity.js';
import type { Severity } from './severity.js';
import type { TenantId } from './tenant.js';
import type { Tlp } from './tlp.js';
import type { Verdict } from './verdict.js';

export const ALERT_STATUSES = ['new', 'triaged', 'in_progress', 'closed'] as const;

export type AlertStatus = (typeof ALERT_STATUSES)[number];

/** An alert as users, agents and stores see it. Times are RFC 3339 UTC with milliseconds. */
export interface Alert {
  readonly alert_id: string;
  readonly tenant_id: TenantId;
  readonly created_at: string;
  readonly updated_at: string;
  readonly event_time: string;
  readonly title: string;
  readonly reason: string;
  readonly severity: Severity;
  readonly status: AlertStatus;
  readonly assignee: string | null;
  readonly detector: DetectorKind;
  readonly rule: RuleReference;
  readonly entities: readonly Entity[];
  readonly techniques: readonly string[];
  readonly tactics: readonly string[];
  /** Event ids, `{batch_id}.{index}`, oldest first; at most 100 are listed, `count` has them all. */
  readonly evidence: readonly string[];
  readonly count: number;
  readonly rarity: number | null;
  readonly indicator_confidence: number | null;
  /** How the indicator is marked that raised it, where it is. */
  readonly indicator_tlp?: Tlp;
  readonly verdict: Verdict | null;
  readonly incident_id: string | null;
  readonly correlation_id: string;
  readonly version: number;
}
