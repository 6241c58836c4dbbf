import { createHash } from 'node:crypto';
import { canonicalJson } from '../platform/audit/canonical-json.js';
import type { BoundAction } from './domain/action-record.js';

/**
 * SHA-256 over the canonical JSON (RFC 8785) of what an approval is bound to, hex. Any change of it voids the approval. How many have to approve is left out
 * where it is one, as it is of actions from before there could be more.
 */
export function digestOf(action: BoundAction): string {
  const bound: Omit<BoundAction, 'approvals_needed'> = {
    action_id: action.action_id,
    tenant_id: action.tenant_id,
    incident_id: action.incident_id,
    kind: action.kind,
    target: { type: action.target.type, value: action.target.value },
    risk: action.risk,
    reason: action.reason,
    requested_by: action.requested_by,
    playbook: action.playbook,
    approval_id: action.approval_id,
    expires_at: action.expires_at,
    correlation_id: action.correlation_id,
    created_at: action.created_at,
  };
  const quorum = action.approvals_needed > 1 ? { approvals_needed: action.approvals_needed } : {};
  return createHash('sha256')
    .update(canonicalJson({ ...bound, ...quorum }))
    .digest('hex');
}
