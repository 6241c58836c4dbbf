import type { KeyHash } from './key-hash.js';

/** What a rate is held against: an entity is bursting when a window has more than this. */
export interface RateLimits {
  /** Fewer than this in a window is never a burst, whoever it is. */
  readonly floor: number;
  /** How many times the entity's highest usual window. */
  readonly timesPeak: number;
}

/** A burst: more in this window than the entity ever had. */
export interface Burst {
  readonly count: number;
  /** The entity's mean over its earlier windows with any activity; 0 for one never seen before. */
  readonly usual: number;
}

const WAYS = 8;
const FIELDS = 6;
const LOW = 0;
const HIGH = 1;
const WINDOW = 2;
const COUNT = 3;
const MEAN = 4;
const PEAK = 5;
const WEIGHT = 0.1;
const PEAK_DECAY = 0.98;
const DEVIATIONS = 3;

/**
 * Rates of entities in tumbling windows, each against its own past: the mean of its active windows and a slowly falling peak. Fixed memory:
 * a table of sets of eight entities, in which a newcomer takes the place of the one longest silent. What counts as a burst is learned only up
 * to its limit, so that an attacker does not teach the table to accept him at once.
 */
export class RateTable {
  private readonly integers: Uint32Array;
  private readonly reals: Float32Array;
  private readonly sets: number;

  /** @param entities how many are held, a power of two and at least 8. */
  constructor(entities: number) {
    const memory = new ArrayBuffer(entities * FIELDS * 4);
    this.integers = new Uint32Array(memory);
    this.reals = new Float32Array(memory);
    this.sets = entities / WAYS;
  }

  /**
   * Counts one occurrence.
   * @param window number of the window; one before the entity's latest counts into the latest.
   * @returns the burst at the moment when the window's count first goes beyond the limit, else `undefined`.
   */
  count(key: KeyHash, window: number, limits: RateLimits): Burst | undefined {
    const slot = this.slotOf(key, window);
    const { integers, reals } = this;
    if (integers[slot + WINDOW]! < window) {
      this.close(slot, limits);
      integers[slot + WINDOW] = window;
    }
    const count = ++reals[slot + COUNT]!;
    const limit = this.limitOf(slot, limits);
    return count > limit && count - 1 <= limit ? { count, usual: reals[slot + MEAN]! } : undefined;
  }

  get byteLength(): number {
    return this.integers.byteLength;
  }

  write(target: DataView, offset: number): void {
    this.integers.forEach((word, i) => target.setUint32(offset + i * 4, word, true));
  }

  read(source: DataView, offset: number): void {
    for (let i = 0; i < this.integers.length; i++) this.integers[i] = source.getUint32(offset + i * 4, true);
  }

  private limitOf(slot: number, { floor, timesPeak }: RateLimits): number {
    const mean = this.reals[slot + MEAN]!;
    return Math.max(floor, this.reals[slot + PEAK]! * timesPeak, mean + DEVIATIONS * Math.sqrt(mean));
  }

  private close(slot: number, limits: RateLimits): void {
    const { reals } = this;
    const count = Math.min(reals[slot + COUNT]!, this.limitOf(slot, limits));
    const mean = reals[slot + MEAN]!;
    reals[slot + MEAN] = mean === 0 ? count : mean + WEIGHT * (count - mean);
    reals[slot + PEAK] = Math.max(count, reals[slot + PEAK]! * PEAK_DECAY);
    reals[slot + COUNT] = 0;
  }

  private slotOf(key: KeyHash, window: number): number {
    const { integers } = this;
    const first = (key.low & (this.sets - 1)) * WAYS * FIELDS;
    const high = key.high >>> 0;
    let oldest = first;
    for (let slot = first; slot < first + WAYS * FIELDS; slot += FIELDS) {
      if (integers[slot + LOW] === key.low && integers[slot + HIGH] === high) return slot;
      if (integers[slot + WINDOW]! < integers[oldest + WINDOW]!) oldest = slot;
    }
    integers.fill(0, oldest, oldest + FIELDS);
    integers[oldest + LOW] = key.low;
    integers[oldest + HIGH] = high;
    integers[oldest + WINDOW] = window;
    return oldest;
  }
}
