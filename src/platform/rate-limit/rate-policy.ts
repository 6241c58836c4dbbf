/** A limit: a bucket of `burst` units that refills by `count` units every `periodMicros`. All three are whole and at least 1. */
export interface RatePolicy {
  /** Told to callers and part of the bucket's key: `[a-z-]+`. A policy never changes its period; another period is another bucket. */
  readonly name: string;
  readonly burst: number;
  readonly count: number;
  readonly periodMicros: number;
}

/** What a request takes from one limit; 0 only looks. */
export interface RateCharge {
  readonly policy: RatePolicy;
  readonly cost: number;
}

export const SECOND_MICROS = 1_000_000;
export const MINUTE_MICROS = 60 * SECOND_MICROS;

/** `burst × periodMicros` up to this is decided without any rounding. */
export const LARGEST_CAPACITY = 2 ** 52;

/** A limit of `rate` units a second. */
export function perSecond(name: string, rate: number, burst: number): RatePolicy {
  return { name, burst, count: rate, periodMicros: SECOND_MICROS };
}

/**
 * Checks what a store is asked.
 * @throws RangeError where it could not be decided exactly: it is a programming error, never a caller's.
 */
export function checkCharges(charges: readonly RateCharge[]): void {
  if (charges.length === 0) throw new RangeError('a decision needs a limit');
  for (const [position, { policy, cost }] of charges.entries()) {
    const { name, burst, count, periodMicros } = policy;
    const whole = [burst, count, periodMicros].every((part) => Number.isSafeInteger(part) && part >= 1);
    if (!whole || burst * periodMicros > LARGEST_CAPACITY) throw new RangeError(`the limit ${name} cannot be kept exactly`);
    if (!Number.isSafeInteger(cost) || cost < 0) throw new RangeError(`a cost of ${name} must be a whole number`);
    if (charges.findIndex((other) => other.policy.name === name) !== position) throw new RangeError(`the limit ${name} is named twice`);
  }
}
