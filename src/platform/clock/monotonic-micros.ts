/** Whole microseconds that never run backwards, about since the epoch: the wall clock of this process's start, carried on by its monotonic one. */
export function monotonicMicros(): number {
  return Math.floor((performance.timeOrigin + performance.now()) * 1_000);
}
