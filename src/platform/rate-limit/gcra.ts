/** What a tenant may send. */
export interface Tier {
  /** Units per second, sustained. */
  readonly rate: number;
  /** Units that may be sent at once after a pause. */
  readonly burst: number;
}

/** What the limiter says of a request. Times are whole microseconds. */
export interface RateDecision {
  /** `too_costly`: no pause would be long enough. */
  readonly outcome: 'admitted' | 'limited' | 'too_costly';
  /** Units that may still be sent at once. */
  readonly remaining: number;
  /** Until the same request would be admitted; 0 where it was. */
  readonly retryAfterMicros: number;
  /** Until the bucket is full again. */
  readonly resetMicros: number;
  /** Theoretical arrival time to be kept for the next decision. */
  readonly arrival: number;
}

const SECOND = 1_000_000;

/**
 * The generic cell rate algorithm (ITU-T I.371, virtual scheduling) over whole microseconds. A request that is not admitted consumes nothing,
 * one of cost 0 only looks. A clock that was set back cannot lock anybody out for longer than a full bucket takes.
 * @param arrival theoretical arrival time left by the decision before, `undefined` for none
 * @param now microseconds since the epoch
 */
export function decide(tier: Tier, arrival: number | undefined, now: number, cost: number): RateDecision {
  const capacity = microsFor(tier.burst, tier.rate);
  const start = Math.min(Math.max(arrival ?? now, now), now + capacity);
  if (cost > tier.burst) return { outcome: 'too_costly', retryAfterMicros: 0, ...stateOf(tier, start, now) };
  const next = start + microsFor(cost, tier.rate);
  const excess = next - now - capacity;
  if (excess > 0) return { outcome: 'limited', retryAfterMicros: excess, ...stateOf(tier, start, now) };
  return { outcome: 'admitted', retryAfterMicros: 0, ...stateOf(tier, next, now) };
}

function stateOf(tier: Tier, arrival: number, now: number): Pick<RateDecision, 'remaining' | 'resetMicros' | 'arrival'> {
  const free = microsFor(tier.burst, tier.rate) - (arrival - now);
  const remaining = Math.max(0, Math.min(tier.burst, Math.floor((free * tier.rate) / SECOND)));
  return { remaining, resetMicros: arrival - now, arrival };
}

function microsFor(units: number, rate: number): number {
  return Math.ceil((units * SECOND) / rate);
}
