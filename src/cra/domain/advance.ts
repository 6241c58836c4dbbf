import type { ActionRecord } from './action-record.js';
import { IllegalTransition, nextStatus, type ActionEvent } from './action-state.js';

/** What an event changes besides the status. */
export type EventEffects = Partial<Pick<ActionRecord, 'approvals' | 'decision' | 'lease_until' | 'result'>>;

/**
 * The record after an event, one version on. Leases end with every event that does not set one.
 * @param at RFC 3339 UTC.
 * @throws IllegalTransition where the event cannot happen in the record's status.
 */
export function advance(record: ActionRecord, event: ActionEvent, at: string, effects: EventEffects = {}): ActionRecord {
  const status = nextStatus(record.status, event);
  if (!status) throw new IllegalTransition(record.status, event);
  return { ...record, lease_until: null, ...effects, status, updated_at: at, version: record.version + 1 };
}

/** The record in the same status with something else of it changed, one version on. @param at RFC 3339 UTC. */
export function amended(record: ActionRecord, at: string, effects: EventEffects): ActionRecord {
  return { ...record, ...effects, updated_at: at, version: record.version + 1 };
}
