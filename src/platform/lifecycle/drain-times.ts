/** Most that is kept back of the grace period for what comes after the last request. */
const LONGEST_RESERVE_MS = 10_000;

/** Moments of a drain, in milliseconds after its beginning. */
export interface DrainTimes {
  /** Until then everything is served as before: balancers send requests until they have looked at readiness again. */
  readonly stopAt: number;
  /** Requests that are not answered by then are cut off: they were not acknowledged, and their senders send them again. */
  readonly cutAt: number;
  /** The process ends then, whatever is under way. */
  readonly endAt: number;
}

/** Divides the grace period: the last third of it, at most 10 s, is left for background work and for closing the stores. */
export function drainTimes(delaySeconds: number, graceSeconds: number): DrainTimes {
  const endAt = graceSeconds * 1_000;
  const stopAt = delaySeconds * 1_000;
  return { stopAt, cutAt: Math.max(stopAt, endAt - Math.min(LONGEST_RESERVE_MS, endAt / 3)), endAt };
}
