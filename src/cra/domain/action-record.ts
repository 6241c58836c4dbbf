import type { ActionKind, ActionTarget, ContainmentAction, Risk } from '../../contracts/containment.js';
import type { TenantId } from '../../contracts/tenant.js';

/** What a person said of an action that waited. */
export interface Decision {
  readonly by: string;
  readonly at: string;
  readonly comments: string;
  /** Digest of the action that was approved; left out of a refusal. */
  readonly digest?: string;
}

/** An action as it is stored: what the contract shows, and what only this agent needs. */
export interface ActionRecord extends ContainmentAction {
  /** The playbook that planned it; null where a person asked for it. */
  readonly playbook: string | null;
  /** The person's decision, approval or refusal; null where none was needed or given. */
  readonly decision: Decision | null;
}

/** An action about to be stored. */
export interface NewAction {
  readonly tenant: TenantId;
  readonly action_id: string;
  readonly incident_id: string;
  readonly kind: ActionKind;
  readonly target: ActionTarget;
  readonly risk: Risk;
  readonly reason: string;
  readonly requested_by: string;
  readonly playbook: string | null;
  readonly correlation_id: string;
  /** Null where the action needs no approval. */
  readonly approval: { readonly approval_id: string; readonly expires_at: string; readonly needed: number } | null;
  /** RFC 3339 UTC. */
  readonly at: string;
}

/** Tells an action's digest: see `ContainmentAction.digest`. */
export type DigestOf = (action: BoundAction) => string;

/**
 * Everything of an action that never changes: what would be done and why, for whom, who asked, and under which approval until when. An
 * approval is bound to all of it.
 */
export type BoundAction = Pick<
  ActionRecord,
  | 'action_id'
  | 'tenant_id'
  | 'incident_id'
  | 'kind'
  | 'target'
  | 'risk'
  | 'reason'
  | 'requested_by'
  | 'playbook'
  | 'approval_id'
  | 'expires_at'
  | 'approvals_needed'
  | 'correlation_id'
  | 'created_at'
>;

/** The record of a new action, bound to its digest. */
export function newRecord(action: NewAction, digestOf: DigestOf): ActionRecord {
  const { tenant, approval, at, ...rest } = action;
  const bound = {
    ...rest,
    tenant_id: tenant,
    approval_id: approval?.approval_id ?? null,
    expires_at: approval?.expires_at ?? null,
    approvals_needed: approval?.needed ?? 0,
    created_at: at,
  };
  return {
    ...bound,
    status: approval ? 'pending_approval' : 'planned',
    approvals: [],
    decision: null,
    digest: digestOf(bound),
    lease_until: null,
    result: null,
    updated_at: at,
    version: 1,
  };
}

/** What makes two actions the same: they do the same to the same thing. */
export function identityOf(action: { readonly kind: ActionKind; readonly target: ActionTarget }): string {
  return JSON.stringify([action.kind, action.target.type, action.target.value]);
}

/** The action as the contract shows it. */
export function toContract(record: ActionRecord): ContainmentAction {
  const { playbook: _playbook, decision: _decision, ...action } = record;
  return action;
}
