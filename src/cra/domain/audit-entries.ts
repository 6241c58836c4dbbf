import type { AuditActor, AuditEntry } from '../../platform/audit/audit-record.js';
import type { ActionRecord } from './action-record.js';

/** The platform itself, where it acts under a playbook or carries out what was decided. */
export const CONTAINMENT: AuditActor = { type: 'system', id: 'containment' };

/** What can be written down of an action. */
export type ContainmentEvent =
  | 'planned'
  | 'pending'
  | 'approval_given'
  | 'approved'
  | 'rejected'
  | 'expired'
  | 'refused'
  | 'executing'
  | 'resumed'
  | 'attempt_failed'
  | 'executed'
  | 'failed'
  | 'reverting'
  | 'reverted'
  | 'revert_failed';

/** What differs from record to record. */
export interface AuditParticulars {
  readonly actor?: AuditActor;
  readonly outcome?: AuditEntry['outcome'];
  readonly comments?: string;
  readonly correlationId?: string;
  readonly sourceIp?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The audit record of one step of an action; it names the approver from the approval on. */
export function auditOf(record: ActionRecord, event: ContainmentEvent, particulars: AuditParticulars = {}): AuditEntry {
  const { actor = CONTAINMENT, outcome = 'success', comments, sourceIp } = particulars;
  const approver = record.approvals.at(-1)?.approver;
  return {
    action: `containment.${event}`,
    actor,
    target: { type: 'containment_action', id: record.action_id },
    outcome,
    correlation_id: particulars.correlationId ?? record.correlation_id,
    incident_id: record.incident_id,
    ...(approver === undefined ? {} : { approver }),
    ...(comments === undefined ? {} : { comments }),
    ...(sourceIp === undefined ? {} : { source_ip: sourceIp }),
    details: {
      kind: record.kind,
      target: record.target,
      risk: record.risk,
      status: record.status,
      digest: record.digest,
      requested_by: record.requested_by,
      ...particulars.details,
    },
  };
}
