import type { Insertable } from 'kysely';
import type { Incident, IncidentStatus } from '../../../contracts/incident.js';
import { SEVERITIES } from '../../../contracts/severity.js';
import { CLASSIFICATIONS } from '../../../contracts/verdict.js';
import { entityKey } from '../domain/entity-key.js';
import { findingsOf, type IncidentSummary } from '../domain/incident-summary.js';
import type { CaseOwner } from './case-files.js';
import type { CaseSeal } from './case-seal.js';
import type { CaseTables, IncidentRow } from './case-tables.js';

/** The incident that a row holds. */
export function incidentOfRow({ tenant, seal }: CaseOwner, row: IncidentRow): Incident {
  const { title, kind, severity, classification, entities, tactics, techniques } = findingsOf(summaryOfRow(seal, row));
  return {
    incident_id: row.incident_id,
    tenant_id: tenant,
    title,
    kind,
    status: row.status,
    severity,
    classification,
    score: row.score,
    assignee: row.assignee,
    entities,
    tactics,
    techniques,
    alert_count: row.alert_count,
    first_event_at: row.first_event_at,
    last_event_at: row.last_event_at,
    merged_into: row.merged_into,
    created_at: row.created_at,
    updated_at: row.updated_at,
    correlation_id: row.correlation_id,
    version: row.version,
  };
}

export function summaryOfRow(seal: CaseSeal, { incident_id, document }: Pick<IncidentRow, 'incident_id' | 'document'>): IncidentSummary {
  return JSON.parse(seal.open(document, placeOf(incident_id))) as IncidentSummary;
}

/** The columns that follow from an incident's summary. */
export function summaryColumns(seal: CaseSeal, id: string, summary: IncidentSummary) {
  const findings = findingsOf(summary);
  return {
    first_event_at: new Date(summary.first_ms).toISOString(),
    last_event_at: new Date(summary.last_ms).toISOString(),
    severity: SEVERITIES.indexOf(findings.severity),
    classification: CLASSIFICATIONS.indexOf(findings.classification),
    score: summary.score,
    kind: findings.kind,
    document: seal.close(JSON.stringify(summary), placeOf(id)),
  } satisfies Partial<IncidentRow>;
}

/** The row of an incident just opened; its alerts are not counted yet. @param now RFC 3339 UTC. */
export function newIncidentRow(seal: CaseSeal, id: string, summary: IncidentSummary, now: string, correlationId: string): IncidentRow {
  return {
    ...summaryColumns(seal, id, summary),
    incident_id: id,
    created_at: now,
    updated_at: now,
    status: 'open' satisfies IncidentStatus,
    assignee: null,
    alert_count: 0,
    merged_into: null,
    correlation_id: correlationId,
    version: 0,
  };
}

/** What an incident is found by once it holds what the summary tells of. */
export function facetRows(
  seal: CaseSeal,
  incidentId: string,
  summary: IncidentSummary,
): readonly Insertable<CaseTables['incident_facet']>[] {
  const facets = [
    ...findingsOf(summary).entities.map((entity) => `entity:${seal.key(entityKey(entity))}`),
    ...summary.techniques.map((technique) => `technique:${technique}`),
    ...summary.tactics.map(([tactic]) => `tactic:${tactic}`),
  ];
  return facets.map((facet) => ({ facet, incident_id: incidentId }));
}

function placeOf(incidentId: string): string {
  return `incident ${incidentId} document`;
}
