import type { Alert } from '../../../contracts/alert.js';
import { SEVERITIES } from '../../../contracts/severity.js';
import type { TenantId } from '../../../contracts/tenant.js';
import type { Verdict } from '../../../contracts/verdict.js';
import type { AlertDocument, AlertDraft } from '../domain/alert-draft.js';
import type { AlertRow } from './case-tables.js';

/** Most event ids that an alert lists; `count` has them all. */
export const EVIDENCE_LISTED = 100;

/** The row of an alert just raised. @param now RFC 3339 UTC. */
export function newAlertRow(draft: AlertDraft, evidence: readonly string[], storm: boolean, now: string): AlertRow {
  return {
    alert_id: draft.alert_id,
    created_at: now,
    updated_at: now,
    event_time: new Date(draft.event_ms).toISOString(),
    severity: SEVERITIES.indexOf(draft.severity),
    status: 'new',
    assignee: null,
    detector: draft.detector,
    rule_id: draft.document.rule.id,
    classification: -1,
    score: -1,
    verdict: null,
    incident_id: null,
    anchor_id: null,
    anchor_distance: null,
    count: evidence.length,
    evidence: JSON.stringify(evidence.slice(0, EVIDENCE_LISTED)),
    storm: storm ? 1 : 0,
    version: 1,
    document: JSON.stringify(draft.document),
  };
}

/** The alert that a row holds. */
export function alertOfRow(tenant: TenantId, row: AlertRow): Alert {
  const { title, reason, rule, entities, techniques, tactics, rarity, indicator_confidence, correlation_id } = JSON.parse(
    row.document,
  ) as AlertDocument;
  return {
    alert_id: row.alert_id,
    tenant_id: tenant,
    created_at: row.created_at,
    updated_at: row.updated_at,
    event_time: row.event_time,
    title,
    reason,
    severity: SEVERITIES[row.severity] ?? 'informational',
    status: row.status,
    assignee: row.assignee,
    detector: row.detector,
    rule,
    entities,
    techniques,
    tactics,
    evidence: JSON.parse(row.evidence) as string[],
    count: row.count,
    rarity,
    indicator_confidence,
    verdict: row.verdict === null ? null : (JSON.parse(row.verdict) as Verdict),
    incident_id: row.incident_id,
    correlation_id,
    version: row.version,
  };
}
