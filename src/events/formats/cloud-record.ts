import type { EventOrigin } from '../../contracts/security-event.js';
import { readPath } from '../field-path.js';
import { objectMember, type JsonObject } from '../json-object.js';
import { sourceName, sourceOrigin } from '../origin-cache.js';

/**
 * Origin of a record that a cloud service's log is told by: an entry of Google Cloud's audit logs, an event of Okta's system log, or a diagnostic
 * record of Azure Monitor, whose category says which log it belongs to; `undefined` for others.
 */
export function cloudOrigin(event: JsonObject): EventOrigin | undefined {
  if (isGoogleAudit(event)) return sourceOrigin('gcp', 'gcp.audit');
  if (isOkta(event)) return sourceOrigin('okta', 'okta');
  return isAzure(event) ? sourceOrigin('azure', undefined, sourceName(event['category'])) : undefined;
}

/** The member of an audit log entry that Sigma's rules for Google Cloud call `gcp.audit.method_name` and the like. */
export function googleAuditField(event: JsonObject, name: string): unknown {
  const path = GOOGLE_AUDIT_FIELDS.get(name);
  return path === undefined ? undefined : readPath(event, path);
}

const GOOGLE_AUDIT_FIELDS: ReadonlyMap<string, string> = new Map([
  ['gcp.audit.method_name', 'protoPayload.methodName'],
  ['gcp.audit.service_name', 'protoPayload.serviceName'],
  ['gcp.audit.resource_name', 'protoPayload.resourceName'],
]);

/** The slash of the log's id is escaped in a log's name. */
function isGoogleAudit(event: JsonObject): boolean {
  const log = event['logName'];
  return typeof log === 'string' && log.includes('/logs/cloudaudit.googleapis.com') && objectMember(event, 'protoPayload') !== undefined;
}

function isOkta(event: JsonObject): boolean {
  return typeof event['eventType'] === 'string' && typeof event['published'] === 'string' && objectMember(event, 'actor') !== undefined;
}

function isAzure(event: JsonObject): boolean {
  return ['operationName', 'category', 'resourceId'].every((name) => typeof event[name] === 'string');
}
