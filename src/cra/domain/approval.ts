import type { ContainmentAction } from '../../contracts/containment.js';
import type { TenantId } from '../../contracts/tenant.js';
import { toContract, type ActionRecord } from './action-record.js';

export const APPROVAL_STATUSES = ['pending', 'approved', 'rejected', 'expired'] as const;

export type ApprovalStatus = (typeof APPROVAL_STATUSES)[number];

/** The request that a person decides on. It is a view of the action, so that the two never disagree. */
export interface Approval {
  readonly approval_id: string;
  readonly tenant_id: TenantId;
  readonly status: ApprovalStatus;
  readonly incident_id: string;
  readonly action: ContainmentAction;
  /** To be sent back with the approval. */
  readonly digest: string;
  readonly requested_by: string;
  readonly requested_at: string;
  readonly expires_at: string;
  readonly decided_by: string | null;
  readonly decided_at: string | null;
  readonly comments: string | null;
  readonly version: number;
}

/** The approval of an action; `undefined` for an action that never needed one. */
export function approvalOf(record: ActionRecord): Approval | undefined {
  if (record.approval_id === null || record.expires_at === null) return undefined;
  return {
    approval_id: record.approval_id,
    tenant_id: record.tenant_id,
    status: approvalStatus(record.status),
    incident_id: record.incident_id,
    action: toContract(record),
    digest: record.digest,
    requested_by: record.requested_by,
    requested_at: record.created_at,
    expires_at: record.expires_at,
    decided_by: record.decision?.by ?? null,
    decided_at: record.decision?.at ?? null,
    comments: record.decision?.comments ?? null,
    version: record.version,
  };
}

function approvalStatus(status: ActionRecord['status']): ApprovalStatus {
  if (status === 'pending_approval') return 'pending';
  if (status === 'rejected' || status === 'expired') return status;
  return 'approved';
}
