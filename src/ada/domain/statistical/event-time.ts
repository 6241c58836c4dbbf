import type { SecurityEvent } from '../../../contracts/security-event.js';
import { TUNING } from './tuning.js';

/**
 * How far a tenant's events have come, in milliseconds since the epoch. It follows the events, never the wall clock, so that replaying them
 * gives the same result; it follows them in bounded strides, so that a few events with a time far ahead do not move it; and no event counts as
 * later than its batch arrived, so that hosts whose clock is fast leave those whose clock is right where they are.
 */
export class EventTime {
  /** When the first batch was; `NaN` before it. */
  first = Number.NaN;
  now = Number.NaN;
  private arrival = Number.POSITIVE_INFINITY;

  /**
   * Moves on to a batch: to the time that three quarters of its events do not lie before. Where it lies well beyond the batch's arrival already
   * it comes back. @param arrival of the batch
   */
  enter(events: readonly SecurityEvent[], arrival: number): void {
    this.arrival = arrival < TUNING.leastArrival ? Number.POSITIVE_INFINITY : arrival;
    if (events.length === 0) return;
    const times = Float64Array.from(events, (event) => this.of(event)).sort();
    const start = times[times.length >> 2]!;
    if (Number.isNaN(this.now)) this.first = this.now = start;
    else if (start > this.now) this.now = Math.min(start, this.now + TUNING.stride.between);
    else if (this.now > this.arrival + TUNING.lateness) this.comeBack(Math.max(start, this.arrival - TUNING.stride.within));
  }

  /** The time that an event of the batch counts at: its own, and no later than it arrived. */
  of({ time }: SecurityEvent): number {
    return Math.min(time, this.arrival);
  }

  /** Moves on to the time of an event, unless it lies far ahead. Tells whether it can be counted in windows. */
  follow(time: number): boolean {
    if (time > this.now + TUNING.stride.within || time < this.now - TUNING.lateness) return false;
    this.now = Math.max(this.now, time);
    return true;
  }

  /** Milliseconds since the first batch. */
  get elapsed(): number {
    return this.now - this.first;
  }

  private comeBack(to: number): void {
    this.first = Math.min(this.first, to);
    this.now = to;
  }
}
