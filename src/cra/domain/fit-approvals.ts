import type { PlannedAction } from './plan-containment.js';

/** Planned actions that may be stored, and those that would be too many waiting for a person. */
export interface FittedActions {
  readonly kept: readonly PlannedAction[];
  readonly beyond: readonly PlannedAction[];
}

/** Keeps every action that runs at once, and of those that wait for a person the first `room`, in the plan's order. */
export function fitApprovals(actions: readonly PlannedAction[], room: number): FittedActions {
  const kept: PlannedAction[] = [];
  const beyond: PlannedAction[] = [];
  let left = room;
  for (const action of actions) {
    const waits = action.authorization.runs === 'after-approval';
    (waits && left-- <= 0 ? beyond : kept).push(action);
  }
  return { kept, beyond };
}
