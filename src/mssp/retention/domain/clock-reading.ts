import { monthOf } from './month-of.js';

const DAY_MS = 86_400_000;
/** How much later than the last time that was believed a clock may be: platforms that were off for longer have somebody who started them. */
const MOST_AHEAD_MS = 7 * DAY_MS;
/** How much earlier: clocks of several machines differ by less. */
const MOST_BEHIND_MS = DAY_MS;

/** What has been seen of the wall clock so far. */
export interface ClockRecord {
  /** The latest time that was believed, in milliseconds since the epoch; null where nobody has looked yet. */
  readonly believed: number | null;
  /** Months that events were stored in while the clock was wrong, each with the month in which that really was, as far as one knows. */
  readonly written: ReadonlyMap<string, string>;
}

/** The wall clock, and what of it may be believed. */
export interface ClockReading {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The time at which something has to be over in order to be removed: the present one, or the last one believed where the clock is ahead of it. */
  readonly believed: number;
  /** How far the clock is from the last time believed, in milliseconds: 0 where it is believed, negative where it was set back. */
  readonly offset: number;
  /** The month in which events of a month of arrival were really stored, as far as one knows. */
  readonly writtenIn: (month: string) => string;
}

/** Whether a clock that says `now` is to be believed, after what was seen before. */
export function readClock({ believed, written }: ClockRecord, now: number): ClockReading {
  const writtenIn = (month: string): string => written.get(month) ?? month;
  const offset = believed === null ? 0 : now - believed;
  if (believed !== null && offset > MOST_AHEAD_MS) return { now, believed, offset, writtenIn };
  return { now, believed: now, offset: offset < -MOST_BEHIND_MS ? offset : 0, writtenIn };
}

/** What is stored under a clock that was set back bears a month that is long over; undefined where there is nothing new to note. */
export function monthToNote({ believed, written }: ClockRecord, { now, offset }: ClockReading): readonly [string, string] | undefined {
  if (believed === null || offset >= 0) return undefined;
  const [month, really] = [monthOf(now), monthOf(believed)];
  return really > (written.get(month) ?? month) ? [month, really] : undefined;
}

/**
 * What is known once somebody has said that the clock is right. The month in which it leapt ahead counts as stored now, since the time before may have been
 * the wrong one; what counted as stored later than now does no longer.
 */
export function trusting({ believed, written }: ClockRecord, now: number): ClockRecord {
  const present = monthOf(now);
  const known = new Map(written);
  if (believed !== null && now - believed > MOST_AHEAD_MS) known.set(monthOf(believed), present);
  return { believed: now, written: new Map([...known].map(([month, really]) => [month, really > present ? present : really])) };
}
