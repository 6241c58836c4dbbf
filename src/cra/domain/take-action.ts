import type { ActionRecord } from './action-record.js';
import type { Change } from './action-store.js';
import { advance, amended } from './advance.js';
import { auditOf } from './audit-entries.js';
import type { EffectPhase } from './effect-phase.js';

/** What taking an action up comes to. */
export type Taken =
  | { readonly kind: 'begun' | 'resumed' | 'voided'; readonly change: Change }
  /** Somebody else is at it until the lease ends. */
  | { readonly kind: 'held' }
  /** There is nothing to be done. */
  | { readonly kind: 'over' };

/** Both in milliseconds; `now` since the epoch. */
export interface TakingTimes {
  readonly now: number;
  readonly leaseMs: number;
}

/**
 * Takes an action up for a phase, under a lease. One that is running without a live lease was left by a worker that is gone, so whether its
 * effect is in place must be found out. An action that is not what was planned or approved any more is given up untouched.
 * @param present digest of the action as it is now.
 */
export function takeAction(record: ActionRecord, phase: EffectPhase, present: string, { now, leaseMs }: TakingTimes): Taken {
  const at = new Date(now).toISOString();
  const begins = phase.begins.from.includes(record.status);
  if (!begins && record.status !== phase.running) return { kind: 'over' };
  if (isHeld(record, now, leaseMs)) return { kind: 'held' };
  const error = whyVoid(record, phase, present);
  if (error !== undefined) {
    const voided = advance(record, phase.givenUp.event, at, { result: phase.resultWith(record, { error }) });
    const particulars = { outcome: 'failure' as const, details: { error } };
    return { kind: 'voided', change: { record: voided, audit: [auditOf(voided, phase.givenUp.audit, particulars)], work: [] } };
  }
  const lease = new Date(now + leaseMs).toISOString();
  if (begins) {
    const begun = advance(record, phase.begins.event, at, { lease_until: lease });
    return { kind: 'begun', change: { record: begun, audit: [auditOf(begun, 'executing')], work: [] } };
  }
  const taken = amended(record, at, { lease_until: lease });
  const isFirst = record.lease_until === null;
  return { kind: isFirst ? 'begun' : 'resumed', change: { record: taken, audit: isFirst ? [] : [auditOf(taken, 'resumed')], work: [] } };
}

/** A lease that ends later than one taken now would, was taken before the clock was set back: nobody waits for it. */
function isHeld({ lease_until: until }: ActionRecord, now: number, leaseMs: number): boolean {
  const end = until === null ? now : Date.parse(until);
  return end > now && end <= now + leaseMs;
}

/** An action that waited runs by the approval of exactly what it is now, whatever its status says. */
function whyVoid(record: ActionRecord, phase: EffectPhase, present: string): 'digest_mismatch' | 'not_approved' | undefined {
  if (present !== record.digest) return 'digest_mismatch';
  const isApproved =
    record.approval_id === null || (record.decision?.digest === present && record.approvals.length >= record.approvals_needed);
  return isApproved || !phase.needsApproval ? undefined : 'not_approved';
}
