import type { Alert } from '../../../contracts/alert.js';
import { SEVERITIES } from '../../../contracts/severity.js';
import type { Verdict } from '../../../contracts/verdict.js';
import type { AlertDocument, AlertDraft } from '../domain/alert-draft.js';
import type { CaseOwner } from './case-files.js';
import type { CaseSeal } from './case-seal.js';
import type { AlertRow } from './case-tables.js';

/** Most event ids that an alert lists; `count` has them all. */
export const EVIDENCE_LISTED = 100;

/** The row of an alert just raised. @param now RFC 3339 UTC. */
export function newAlertRow(seal: CaseSeal, draft: AlertDraft, evidence: readonly string[], storm: boolean, now: string): AlertRow {
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
    document: closedDocument(seal, draft.alert_id, draft.document),
  };
}

/** An alert's document as its row holds it. */
export function closedDocument(seal: CaseSeal, alertId: string, document: AlertDocument): string {
  return seal.close(JSON.stringify(document), `alert ${alertId} document`);
}

/** The document that a row holds. */
export function openDocument(seal: CaseSeal, { alert_id, document }: Pick<AlertRow, 'alert_id' | 'document'>): AlertDocument {
  return JSON.parse(seal.open(document, `alert ${alert_id} document`)) as AlertDocument;
}

/** An alert's verdict as its row holds it. */
export function closedVerdict(seal: CaseSeal, alertId: string, verdict: Verdict): string {
  return seal.close(JSON.stringify(verdict), `alert ${alertId} verdict`);
}

function openVerdict(seal: CaseSeal, { alert_id, verdict }: AlertRow): Verdict | null {
  return verdict === null ? null : (JSON.parse(seal.open(verdict, `alert ${alert_id} verdict`)) as Verdict);
}

/** The alert that a row holds. */
export function alertOfRow({ tenant, seal }: CaseOwner, row: AlertRow): Alert {
  const { title, reason, rule, entities, techniques, tactics, rarity, ...document } = openDocument(seal, row);
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
    indicator_confidence: document.indicator_confidence,
    ...(document.indicator_tlp && { indicator_tlp: document.indicator_tlp }),
    verdict: openVerdict(seal, row),
    incident_id: row.incident_id,
    correlation_id: document.correlation_id,
    version: row.version,
  };
}
