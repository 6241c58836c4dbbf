import type { ActionKind, ActionStatus, ActionTarget, GivenApproval, Risk } from '../../contracts/containment.js';
import { toTenantId } from '../../contracts/tenant.js';
import type { ActionRecord, Decision } from '../domain/action-record.js';
import type { ContainmentActionRow } from './containment-tables.js';

/** The row of a record, but for the trace that it belongs to. */
export function toRow({ target, approvals, decision, result, ...rest }: ActionRecord): Omit<ContainmentActionRow, 'traceparent'> {
  return {
    ...rest,
    target_type: target.type,
    target_value: target.value,
    approvals: JSON.stringify(approvals),
    decision: decision && JSON.stringify(decision),
    result: result && JSON.stringify(result),
  };
}

/** The record of a row. */
export function fromRow({ target_type, target_value, traceparent: _trace, ...row }: ContainmentActionRow): ActionRecord {
  return {
    ...row,
    tenant_id: toTenantId(row.tenant_id),
    kind: row.kind as ActionKind,
    risk: row.risk as Risk,
    status: row.status as ActionStatus,
    target: { type: target_type as ActionTarget['type'], value: target_value },
    approvals: JSON.parse(row.approvals) as GivenApproval[],
    approvals_needed: row.approval_id === null ? 0 : row.approvals_needed,
    decision: row.decision === null ? null : (JSON.parse(row.decision) as Decision),
    result: row.result === null ? null : (JSON.parse(row.result) as Record<string, unknown>),
  };
}
