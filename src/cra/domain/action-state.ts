import type { ActionStatus } from '../../contracts/containment.js';

/** What can happen to an action. */
export const ACTION_EVENTS = [
  'approve',
  'reject',
  'expire',
  'start',
  'succeed',
  'fail',
  'begin_revert',
  'finish_revert',
  'abandon_revert',
] as const;

export type ActionEvent = (typeof ACTION_EVENTS)[number];

/**
 * `planned` runs without a person, `approved` because of one. What could not be reverted is still in force, so it is `executed`
 * again and may be reverted again.
 */
const TRANSITIONS: Readonly<Record<ActionStatus, Partial<Record<ActionEvent, ActionStatus>>>> = {
  planned: { start: 'executing', fail: 'failed' },
  pending_approval: { approve: 'approved', reject: 'rejected', expire: 'expired' },
  approved: { start: 'executing', fail: 'failed' },
  executing: { succeed: 'executed', fail: 'failed' },
  executed: { begin_revert: 'reverting' },
  reverting: { finish_revert: 'reverted', abandon_revert: 'executed' },
  rejected: {},
  expired: {},
  failed: {},
  reverted: {},
};

/** Where an event leads; `undefined` where it cannot happen in that status. */
export function nextStatus(status: ActionStatus, event: ActionEvent): ActionStatus | undefined {
  return TRANSITIONS[status][event];
}

/** Statuses in which an action is over and done with: the same target may be asked for again. */
export const FINAL_STATUSES = ['rejected', 'expired', 'failed', 'reverted'] as const satisfies readonly ActionStatus[];

/** Tells whether an action waits, runs, or is in force. */
export function isLive(status: ActionStatus): boolean {
  return !FINAL_STATUSES.some((final) => final === status);
}

/** An event that the state machine does not have. Whoever raises it is at fault: callers check first what they may do. */
export class IllegalTransition extends Error {
  override readonly name = 'IllegalTransition';
  constructor(status: ActionStatus, event: ActionEvent) {
    super(`an action that is ${status} cannot ${event}`);
  }
}
