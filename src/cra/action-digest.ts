import { createHash } from 'node:crypto';
import { canonicalJson } from '../platform/audit/canonical-json.js';
import type { BoundAction } from './domain/action-record.js';

/** SHA-256 over the canonical JSON (RFC 8785) of what an approval is bound to, hex. Any change of it voids the approval. */
export function digestOf({ action_id, tenant_id, incident_id, kind, target, risk, requested_by }: BoundAction): string {
  const bound = { action_id, tenant_id, incident_id, kind, target: { type: target.type, value: target.value }, risk, requested_by };
  return createHash('sha256').update(canonicalJson(bound)).digest('hex');
}
