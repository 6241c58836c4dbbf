import { SEVERITIES } from '../../../contracts/severity.js';
import type { FeedEntry } from '../../../platform/feed/feed-event.js';
import type { AlertRow, IncidentRow } from './case-tables.js';

/** What the feed tells of an alert. */
export function alertNews(
  type: 'alert.raised' | 'alert.changed',
  { alert_id, status, severity, incident_id, version }: Pick<AlertRow, 'alert_id' | 'status' | 'severity' | 'incident_id' | 'version'>,
): FeedEntry {
  return { type, data: { alert_id, status, severity: SEVERITIES[severity] ?? null, incident_id, version } };
}

/** What the feed tells of an incident: it is opened in its first version. */
export function incidentNews({
  incident_id,
  status,
  severity,
  merged_into,
  version,
}: Pick<IncidentRow, 'incident_id' | 'status' | 'severity' | 'merged_into' | 'version'>): FeedEntry {
  const type = version === 1 ? 'incident.opened' : 'incident.changed';
  return { type, data: { incident_id, status, severity: SEVERITIES[severity] ?? null, merged_into, version } };
}
