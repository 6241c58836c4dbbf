import type { ActionRecord } from './action-record.js';
import type { Change } from './action-store.js';
import { advance, amended } from './advance.js';
import { auditOf } from './audit-entries.js';
import type { ActuatorResult } from './containment-actuator.js';
import { attemptWork } from './containment-work.js';
import type { EffectPhase } from './effect-phase.js';

/** What an attempt at an effect came to. */
export type AttemptOutcome =
  | { readonly kind: 'done'; readonly result: ActuatorResult }
  | { readonly kind: 'failed'; readonly error: string; readonly isTemporary: boolean };

/** When there is another attempt: `attempt` is the one that just ended, counted from 1. */
export interface AttemptTimes {
  readonly attempt: number;
  readonly attempts: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly retryAt: number;
}

/** Writes down what an attempt came to; a temporary failure gives the lease back and leaves the next attempt for later. */
export function concludeAttempt(record: ActionRecord, phase: EffectPhase, outcome: AttemptOutcome, times: AttemptTimes): Change {
  const { attempt, now } = times;
  const at = new Date(now).toISOString();
  if (outcome.kind === 'done') {
    const result = phase.resultWith(record, outcome.result);
    const done = advance(record, phase.done.event, at, { result });
    return { record: done, audit: [auditOf(done, phase.done.audit, { details: { result } })], work: [] };
  }
  const failure = { outcome: 'failure' as const, details: { error: outcome.error, attempt } };
  if (outcome.isTemporary && attempt < times.attempts) {
    const released = amended(record, at, { lease_until: at });
    const next = attemptWork(phase.work, released, attempt + 1, times.retryAt);
    return { record: released, audit: [auditOf(released, 'attempt_failed', failure)], work: [next] };
  }
  const result = phase.resultWith(record, { error: outcome.error, attempts: attempt });
  const givenUp = advance(record, phase.givenUp.event, at, { result });
  return { record: givenUp, audit: [auditOf(givenUp, phase.givenUp.audit, failure)], work: [] };
}
