import type { RateCharge, RatePolicy } from './rate-policy.js';

/**
 * What is kept of a bucket: `level`, the units admitted that have not drained yet, in units of 1/`periodMicros`, and when that was so, in
 * microseconds of the clock that decides.
 */
export interface BucketState {
  readonly level: number;
  readonly at: number;
}

export type RateOutcome = 'admitted' | 'limited' | 'too_costly';

/** What is said of one limit. Times are whole microseconds. */
export interface RateDecision {
  /** `too_costly`: no pause would be long enough. */
  readonly outcome: RateOutcome;
  /** Units that may still be sent at once. */
  readonly remaining: number;
  /** Until the same request would be admitted by this limit; 0 where it was, or never will be. */
  readonly retryAfterMicros: number;
  /** Until the bucket is full again. */
  readonly resetMicros: number;
}

/** What is said of a request by all its limits together. */
export interface JointDecision {
  /** The worst of the limits'. Only a request that all admit takes anything from any. */
  readonly outcome: RateOutcome;
  readonly decisions: readonly RateDecision[];
  /** The bucket of each limit afterwards; `undefined` where nothing needs to be kept that was not. */
  readonly changed: readonly (BucketState | undefined)[];
}

/**
 * The generic cell rate algorithm in its continuous-state form (ITU-T I.371, leaky bucket as a meter), which decides as the virtual scheduling
 * form does, without its rounding: a level of `units × periodMicros` drains by exactly `count` every microsecond, so all states are whole
 * numbers. Up to a capacity of 2^52 every sum is exact in doubles; so are the rounded quotients, since a quotient of whole numbers below 2^53 is
 * further from the next whole number than its rounding error.
 *
 * A changed limit takes effect at once and hands out nothing: the level is in units. A clock set back drains nothing until it has gone on from
 * there, so that nobody waits longer than a full bucket takes.
 * @param now microseconds
 */
export function decide(charges: readonly RateCharge[], states: readonly (BucketState | undefined)[], now: number): JointDecision {
  const levels = charges.map(({ policy }, i) => levelAt(policy, states[i], now));
  const outcomes = charges.map((charge, i) => outcomeOf(charge, levels[i] ?? 0));
  const outcome = outcomes.includes('too_costly') ? 'too_costly' : outcomes.includes('limited') ? 'limited' : 'admitted';
  const decisions: RateDecision[] = [];
  const changed: (BucketState | undefined)[] = [];
  for (const [i, { policy, cost }] of charges.entries()) {
    const before = levels[i] ?? 0;
    const taken = outcome === 'admitted' ? cost * policy.periodMicros : 0;
    const level = before + taken;
    const capacity = policy.burst * policy.periodMicros;
    const own = outcomes[i] ?? 'admitted';
    decisions.push({
      outcome: own,
      remaining: Math.floor((capacity - level) / policy.periodMicros),
      retryAfterMicros: own === 'limited' ? Math.ceil((level + cost * policy.periodMicros - capacity) / policy.count) : 0,
      resetMicros: Math.ceil(level / policy.count),
    });
    changed.push(taken > 0 || isAhead(states[i], now) ? { level, at: now } : undefined);
  }
  return { outcome, decisions, changed };
}

function levelAt({ burst, count, periodMicros }: RatePolicy, state: BucketState | undefined, now: number): number {
  if (!state) return 0;
  const drained = Math.max(0, now - state.at) * count;
  return Math.max(0, Math.min(state.level, burst * periodMicros) - drained);
}

function outcomeOf({ policy, cost }: RateCharge, level: number): RateOutcome {
  if (cost > policy.burst) return 'too_costly';
  return level + cost * policy.periodMicros > policy.burst * policy.periodMicros ? 'limited' : 'admitted';
}

function isAhead(state: BucketState | undefined, now: number): boolean {
  return state !== undefined && state.at > now;
}
