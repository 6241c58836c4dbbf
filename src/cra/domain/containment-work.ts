import type { NewWork, WorkItem } from '../../platform/work-queue/work-item.js';
import type { ActionRecord } from './action-record.js';

/** Kinds of work that this agent leaves for later. */
export const EXECUTE_ACTION = 'containment.execute';
export const REVERT_ACTION = 'containment.revert';
export const EXPIRE_APPROVAL = 'containment.expire';

/** One attempt at an action's effect; each attempt is an item of its own. */
export interface AttemptPayload {
  readonly action_id: string;
  /** Counted from 1. */
  readonly attempt: number;
}

/** The first attempt to carry an action out. */
export function executeWork(record: ActionRecord): NewWork {
  return attemptWork(EXECUTE_ACTION, record, 1);
}

/** The first attempt to undo an action. The record's version tells one reversal from the next. */
export function revertWork(record: ActionRecord): NewWork {
  return attemptWork(REVERT_ACTION, record, 1);
}

/** An attempt at an action's effect. @param notBefore milliseconds since the epoch; at once where left out. */
export function attemptWork(kind: string, record: ActionRecord, attempt: number, notBefore?: number): NewWork {
  const payload: AttemptPayload = { action_id: record.action_id, attempt };
  return {
    kind,
    key: `${record.action_id}/${record.version}`,
    payload: { ...payload },
    correlation_id: record.correlation_id,
    ...(notBefore === undefined ? {} : { not_before: notBefore }),
  };
}

/** The end of a waiting action's time. @param at milliseconds since the epoch. */
export function expireWork(record: ActionRecord, at: number): NewWork {
  const { action_id, correlation_id } = record;
  return { kind: EXPIRE_APPROVAL, key: action_id, payload: { action_id }, correlation_id, not_before: at, is_time_of_day: true };
}

/** Reads an item back. */
export function attemptOf(item: WorkItem): AttemptPayload {
  const { action_id, attempt } = item.payload;
  return { action_id: String(action_id), attempt: Number(attempt) };
}
