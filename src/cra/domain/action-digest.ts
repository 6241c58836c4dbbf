import { createHash } from 'node:crypto';
import type { ContainmentAction } from '../../contracts/containment.js';
import { canonicalJson } from '../../platform/audit/canonical-json.js';

/** The members that say what would be done, for whom, and who asked. */
type Bound = Pick<ContainmentAction, 'action_id' | 'tenant_id' | 'incident_id' | 'kind' | 'target' | 'risk' | 'requested_by'>;

/** SHA-256 over the canonical JSON (RFC 8785) of what an approval is bound to, hex. Any change of it voids the approval. */
export function digestOf({ action_id, tenant_id, incident_id, kind, target, risk, requested_by }: Bound): string {
  const bound = { action_id, tenant_id, incident_id, kind, target: { type: target.type, value: target.value }, risk, requested_by };
  return createHash('sha256').update(canonicalJson(bound)).digest('hex');
}
