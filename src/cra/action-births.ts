import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { Clock } from '../platform/clock/clock.js';
import type { ActionBirth, Quorums } from './domain/propose-action.js';

/** Gives new actions their ids and times, and says how many people have to approve one and how many may wait at once. */
export class ActionBirths {
  constructor(
    private readonly clock: Clock,
    private readonly approvals: { readonly expirySeconds: number; readonly quorums: Quorums },
    readonly mostPending = Number.POSITIVE_INFINITY,
  ) {}

  /** An action's ids sort by time; an approval's id is 122 random bits and follows from nothing. */
  next(): ActionBirth {
    return { action_id: uuidv7(), approval_id: randomUUID(), now: this.clock.now(), ...this.approvals };
  }
}
