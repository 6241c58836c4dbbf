import type { TenantId } from '../../contracts/tenant.js';
import type { Risk } from '../../contracts/containment.js';
import type { AuditActor } from '../../platform/audit/audit-record.js';
import { newRecord, type DigestOf } from './action-record.js';
import type { Change } from './action-store.js';
import { auditOf } from './audit-entries.js';
import type { PlannedAction } from './plan-containment.js';
import { executeWork, expireWork } from './containment-work.js';

/** Who wants an action, and in which incident. */
export interface ActionOrigin {
  readonly tenant: TenantId;
  readonly incident_id: string;
  readonly requested_by: string;
  readonly playbook: string | null;
  readonly correlation_id: string;
  readonly actor: AuditActor;
  readonly source_ip?: string;
}

/** How many different people have to approve an action that waits, by its risk. */
export type Quorums = Readonly<Record<Exclude<Risk, 'low'>, number>>;

/** What chance, time and the platform's rules give to a new action. */
export interface ActionBirth {
  readonly action_id: string;
  /** Used where the action waits; not to be guessed from anything. */
  readonly approval_id: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly expirySeconds: number;
  /** How many different people have to approve, by what is risked. */
  readonly quorums: Quorums;
}

/** A planned action as it is stored: waiting for a person with the time at which it expires, or about to run. */
export function proposeAction(planned: PlannedAction, origin: ActionOrigin, birth: ActionBirth, digestOf: DigestOf): Change {
  const waits = planned.authorization.runs === 'after-approval';
  const expiresAt = birth.now + birth.expirySeconds * 1000;
  const { actor, source_ip: sourceIp, ...whose } = origin;
  const record = newRecord(
    {
      ...whose,
      action_id: birth.action_id,
      kind: planned.kind,
      target: planned.target,
      risk: planned.risk,
      reason: planned.reason,
      approval: waits
        ? { approval_id: birth.approval_id, expires_at: new Date(expiresAt).toISOString(), needed: quorumOf(planned.risk, birth.quorums) }
        : null,
      at: new Date(birth.now).toISOString(),
    },
    digestOf,
  );
  const details = {
    reason: planned.reason,
    playbook: origin.playbook,
    decided_by: planned.authorization.reason,
    ...(waits ? { approval_id: record.approval_id, expires_at: record.expires_at, approvals_needed: record.approvals_needed } : {}),
  };
  return {
    record,
    audit: [auditOf(record, waits ? 'pending' : 'planned', { actor, details, ...(sourceIp === undefined ? {} : { sourceIp }) })],
    work: [waits ? expireWork(record, expiresAt) : executeWork(record)],
  };
}

function quorumOf(risk: Risk, quorums: Quorums): number {
  return risk === 'low' ? 1 : quorums[risk];
}
