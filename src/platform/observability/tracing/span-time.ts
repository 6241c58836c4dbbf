/** The time as spans have it: milliseconds since the epoch with their fraction, the same in every thread of the process. */
export function spanTime(): number {
  return performance.timeOrigin + performance.now();
}
