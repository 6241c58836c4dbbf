/** What one limit is asked and answers, in whole numbers of any size. */
interface ExactAnswer {
  readonly outcome: 'admitted' | 'limited' | 'too_costly';
  readonly remaining: number;
  readonly retryAfterMicros: number;
  readonly resetMicros: number;
}

/**
 * The generic cell rate algorithm in its virtual scheduling form (ITU-T I.371) over exact rationals: times are numerators over `count`. Written
 * apart from the product's, which keeps a level instead, to hold it against.
 */
export class ExactBucket {
  private readonly burst: bigint;
  private readonly count: bigint;
  private readonly period: bigint;
  private arrival = 0n;

  constructor(policy: { readonly burst: number; readonly count: number; readonly periodMicros: number }) {
    this.burst = BigInt(policy.burst);
    this.count = BigInt(policy.count);
    this.period = BigInt(policy.periodMicros);
  }

  take(nowMicros: number, cost: number): ExactAnswer {
    const now = BigInt(nowMicros) * this.count;
    const start = this.arrival > now ? this.arrival : now;
    if (BigInt(cost) > this.burst) return this.answer('too_costly', start, now, 0n);
    const next = start + BigInt(cost) * this.period;
    const excess = next - now - this.burst * this.period;
    if (excess > 0n) return this.answer('limited', start, now, excess);
    this.arrival = next;
    return this.answer('admitted', next, now, 0n);
  }

  private answer(outcome: ExactAnswer['outcome'], arrival: bigint, now: bigint, excess: bigint): ExactAnswer {
    const free = this.burst * this.period - (arrival - now);
    return {
      outcome,
      remaining: Number(free / this.period),
      retryAfterMicros: Number(ceilDivide(excess, this.count)),
      resetMicros: Number(ceilDivide(arrival - now, this.count)),
    };
  }
}

function ceilDivide(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}
