import type { AuditActor, AuditEntry } from '../../../platform/audit/audit-record.js';

/** Who changes something, when and for which request: what its audit record says. */
export interface ChangeStamp {
  readonly actor: AuditActor;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly correlation_id: string;
  readonly source_ip?: string;
}

/** The audit record of a change that was made. */
export function auditEntry(
  stamp: ChangeStamp,
  action: string,
  target: AuditEntry['target'],
  details: Readonly<Record<string, unknown>>,
): AuditEntry {
  const { actor, correlation_id, source_ip } = stamp;
  return { action, actor, target, outcome: 'success', correlation_id, ...(source_ip === undefined ? {} : { source_ip }), details };
}
