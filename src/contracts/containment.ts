import type { TenantId } from './tenant.js';

export const ACTION_KINDS = [
  'block_ip',
  'block_domain',
  'isolate_host',
  'disable_user',
  'reset_credentials',
  'kill_process',
  'quarantine_file',
  'create_ticket',
  'notify',
] as const;

export type ActionKind = (typeof ACTION_KINDS)[number];

export const RISKS = ['low', 'medium', 'high'] as const;

export type Risk = (typeof RISKS)[number];

export const ACTION_STATUSES = [
  'planned',
  'pending_approval',
  'approved',
  'rejected',
  'expired',
  'executing',
  'executed',
  'failed',
  'reverting',
  'reverted',
] as const;

export type ActionStatus = (typeof ACTION_STATUSES)[number];

export const TARGET_TYPES = ['ip', 'domain', 'host', 'user', 'process', 'file', 'incident', 'cloud_account'] as const;

export interface ActionTarget {
  readonly type: (typeof TARGET_TYPES)[number];
  readonly value: string;
}

/** An approval as given by a person; never taken from a request's body. */
export interface GivenApproval {
  readonly approver: string;
  readonly at: string;
  readonly comments: string;
}

/** One containment step. Times are RFC 3339 UTC with milliseconds. */
export interface ContainmentAction {
  readonly action_id: string;
  readonly tenant_id: TenantId;
  readonly incident_id: string;
  readonly kind: ActionKind;
  readonly target: ActionTarget;
  readonly risk: Risk;
  readonly status: ActionStatus;
  readonly reason: string;
  readonly requested_by: string;
  readonly approval_id: string | null;
  readonly approvals: readonly GivenApproval[];
  /** How many different people have to approve; 0 where nobody has to. */
  readonly approvals_needed: number;
  /** SHA-256 over the canonical JSON of everything in the action that never changes, hex: what an approval is bound to. */
  readonly digest: string;
  readonly expires_at: string | null;
  readonly lease_until: string | null;
  readonly result: Record<string, unknown> | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly correlation_id: string;
  readonly version: number;
}

/** What a containment agent intends for an incident: actions that run at once and actions that wait for a person. */
export interface ContainmentPlan {
  readonly incident_id: string;
  readonly playbook: string | null;
  readonly actions: readonly ContainmentAction[];
  /** Actions of other incidents that wait, run or are in force, and do already what the playbook asks for here. */
  readonly covered: readonly ContainmentAction[];
}
