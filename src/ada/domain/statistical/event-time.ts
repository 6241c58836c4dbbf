import type { SecurityEvent } from '../../../contracts/security-event.js';
import { TUNING } from './tuning.js';

/**
 * How far a tenant's events have come, in milliseconds since the epoch. It follows the events, never the wall clock, so that replaying them
 * gives the same result; and it follows them in bounded strides, so that a few events with a time far ahead do not move it.
 */
export class EventTime {
  /** When the first batch was; `NaN` before it. */
  first = Number.NaN;
  now = Number.NaN;

  /** Moves on to a batch: to the time that three quarters of its events do not lie before. */
  enter(events: readonly SecurityEvent[]): void {
    if (events.length === 0) return;
    const times = Float64Array.from(events, (event) => event.time).sort();
    const start = times[times.length >> 2]!;
    if (Number.isNaN(this.now)) this.first = this.now = start;
    else if (start > this.now) this.now = Math.min(start, this.now + TUNING.stride.between);
  }

  /** Moves on to an event, unless it lies far ahead. Tells whether the event's time can be counted in windows. */
  follow(time: number): boolean {
    if (time > this.now + TUNING.stride.within || time < this.now - TUNING.lateness) return false;
    this.now = Math.max(this.now, time);
    return true;
  }

  /** Milliseconds since the first batch. */
  get elapsed(): number {
    return this.now - this.first;
  }
}
