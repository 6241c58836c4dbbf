const BASE_MS = 1_000;
const LONGEST_MS = 30_000;

/** Milliseconds to wait after the given number of failures: exponential with full jitter. @param random from 0 to 1. */
export function backoffMs(failures: number, random: number): number {
  const ceiling = Math.min(LONGEST_MS, BASE_MS * 2 ** Math.max(0, failures - 1));
  return Math.ceil(ceiling * (0.5 + random / 2));
}
