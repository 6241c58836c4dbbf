import type { ActionStatus } from '../../contracts/containment.js';
import type { ContainmentAction } from '../../contracts/containment.js';
import type { TenantId } from '../../contracts/tenant.js';
import type { ActionRecord } from './action-record.js';
import type { ActionEvent } from './action-state.js';
import type { ContainmentEvent } from './audit-entries.js';
import type { ActuatorResult, ContainmentActuator, EffectState } from './containment-actuator.js';
import { EXECUTE_ACTION, REVERT_ACTION } from './containment-work.js';

/** The two things that an actuator is asked for, told apart by everything that differs between them. */
export interface EffectPhase {
  readonly work: string;
  /** Statuses that it may be begun in, and the event that begins it. */
  readonly begins: { readonly from: readonly ActionStatus[]; readonly event: ActionEvent };
  readonly running: ActionStatus;
  /** Whether an action that waited for a person needs that person's approval here. */
  readonly needsApproval: boolean;
  readonly done: { readonly event: ActionEvent; readonly audit: ContainmentEvent; readonly state: EffectState };
  readonly givenUp: { readonly event: ActionEvent; readonly audit: ContainmentEvent };
  ask(actuator: ContainmentActuator, tenant: TenantId, action: ContainmentAction): Promise<ActuatorResult>;
  /** The record's result with what this phase came to. */
  resultWith(record: ActionRecord, result: ActuatorResult): Record<string, unknown>;
}

/** Carrying an action out. */
export const EXECUTION: EffectPhase = {
  work: EXECUTE_ACTION,
  begins: { from: ['planned', 'approved'], event: 'start' },
  running: 'executing',
  needsApproval: true,
  done: { event: 'succeed', audit: 'executed', state: 'in-force' },
  givenUp: { event: 'fail', audit: 'failed' },
  ask: (actuator, tenant, action) => actuator.execute(tenant, action, action.action_id),
  resultWith: (_record, result) => ({ ...result }),
};

/** Undoing an action. It is begun by the person who asks for it. */
export const REVERSAL: EffectPhase = {
  work: REVERT_ACTION,
  begins: { from: [], event: 'begin_revert' },
  running: 'reverting',
  needsApproval: false,
  done: { event: 'finish_revert', audit: 'reverted', state: 'absent' },
  givenUp: { event: 'abandon_revert', audit: 'revert_failed' },
  ask: (actuator, tenant, action) => actuator.revert(tenant, action, `${action.action_id}:revert`),
  resultWith: (record, result) => ({ ...record.result, revert: { ...result } }),
};
