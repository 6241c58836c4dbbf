/** What was measured in one interval; delays in milliseconds. */
export interface Delays {
  /** How late the event loop runs what is due, where the loop had hardly a moment's rest; 0 elsewhere. */
  readonly loop: number;
  /** The shortest time that events took from their arrival to their answer: longer than that waited all of them. */
  readonly queue: number;
}

/** How much of each class is let in. */
export interface AdmittedShare {
  /** Intervals in a row in which there was too much; below 0, in which all was calm. */
  readonly streak: number;
  readonly ingest: number;
  readonly normal: number;
}

export const EVERYTHING: AdmittedShare = { streak: 0, ingest: 1, normal: 1 };

/** A short burst is what queues are for; only a delay that stands is too much (CoDel, RFC 8289). */
const PATIENCE = 3;
/** What is still let in at worst, so that it shows when there is room again. */
const LEAST_INGEST = 0.05;
const LEAST_NORMAL = 0.25;
const LESS = 0.75;
const MORE = 1.3;
/** After so many calm intervals in a row the overload is over, and there is no need to feel the way any more. */
const LONG_CALM = 5;
const MUCH_MORE = 2;
/** Below this part of the limit more is let in; between it and the limit all stays as it is. */
const CALM = 0.6;

/**
 * What is let in during the next interval. Shares shrink and grow in proportion, so that they settle as well at a tenth as at a half of what is sent;
 * ingest, which senders repeat, goes first and comes back last.
 */
export function nextShare(share: AdmittedShare, delays: Delays, limits: Delays): AdmittedShare {
  const pressure = Math.max(delays.loop / limits.loop, delays.queue / limits.queue);
  if (pressure > 1) return less(share);
  return pressure > CALM ? { ...share, streak: 0 } : more(share);
}

function less({ streak: before, ingest, normal }: AdmittedShare): AdmittedShare {
  const streak = Math.max(0, before) + 1;
  if (streak < PATIENCE && ingest === 1) return { streak, ingest, normal };
  if (ingest > LEAST_INGEST) return { streak, ingest: Math.max(LEAST_INGEST, ingest * LESS), normal };
  return { streak, ingest, normal: Math.max(LEAST_NORMAL, normal * LESS) };
}

function more({ streak: before, ingest, normal }: AdmittedShare): AdmittedShare {
  const streak = Math.min(0, before) - 1;
  const factor = -streak > LONG_CALM ? MUCH_MORE : MORE;
  if (normal < 1) return { streak, ingest, normal: Math.min(1, normal * factor) };
  return { streak, ingest: Math.min(1, ingest * factor), normal };
}
