import { EntitySlots } from './entity-slots.js';
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
const COUNT = 0;
const MEAN = 1;
const PEAK = 2;
const FIELDS = 3;
const WEIGHT = 0.1;
const PEAK_DECAY = 0.98;
const DEVIATIONS = 3;

/**
 * Rates of entities in tumbling windows, each against its own past: the mean of its active windows and a slowly falling peak. Fixed memory. What
 * counts as a burst is learned only up to its limit, so that an attacker does not teach the table to accept him at once.
 */
export class RateTable {
  /** Its state, for snapshots. */
  readonly kept: EntitySlots;

  /** @param entities how many are held, a power of two and at least 8. */
  constructor(entities: number) {
    this.kept = new EntitySlots({ entities, ways: WAYS, fields: FIELDS });
  }

  /**
   * Counts one occurrence.
   * @param window number of the window; one before the entity's latest counts into the latest.
   * @returns the burst at the moment when the window's count first goes beyond the limit, else `undefined`.
   */
  count(key: KeyHash, window: number, limits: RateLimits): Burst | undefined {
    const { kept: slots } = this;
    const { reals } = slots;
    const slot = slots.slotOf(key, window);
    if (slots.moveOn(slot, window)) this.close(slot, limits);
    const count = ++reals[slot + COUNT]!;
    const limit = this.limitOf(slot, limits);
    return count > limit && count - 1 <= limit ? { count, usual: reals[slot + MEAN]! } : undefined;
  }

  private limitOf(slot: number, { floor, timesPeak }: RateLimits): number {
    const { reals } = this.kept;
    const mean = reals[slot + MEAN]!;
    return Math.max(floor, reals[slot + PEAK]! * timesPeak, mean + DEVIATIONS * Math.sqrt(mean));
  }

  private close(slot: number, limits: RateLimits): void {
    const { reals } = this.kept;
    const count = Math.min(reals[slot + COUNT]!, this.limitOf(slot, limits));
    const mean = reals[slot + MEAN]!;
    reals[slot + MEAN] = mean === 0 ? count : mean + WEIGHT * (count - mean);
    reals[slot + PEAK] = Math.max(count, reals[slot + PEAK]! * PEAK_DECAY);
    reals[slot + COUNT] = 0;
  }
}
