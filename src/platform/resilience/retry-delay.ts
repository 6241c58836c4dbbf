/** How often a call is tried, and how long is waited between. Times are milliseconds. */
export interface RetrySettings {
  /** All attempts, the first one included. */
  readonly attempts: number;
  readonly baseMs: number;
  readonly maxMs: number;
}

/**
 * How long to wait before the next attempt: anything up to `base * 2^(attempt - 1)`, at most `maxMs`, evenly ("full jitter"), so that callers that failed
 * together do not come back together. Never earlier than the dependency asks for; where it asks for longer than `maxMs`, there is no next attempt.
 * @param attempt that has failed, from 1. @param random in [0, 1). @param afterMs what `Retry-After` says.
 */
export function retryDelay({ attempts, baseMs, maxMs }: RetrySettings, attempt: number, random: number, afterMs = 0): number | undefined {
  if (attempt >= attempts || afterMs > maxMs) return undefined;
  return Math.max(afterMs, random * Math.min(maxMs, baseMs * 2 ** (attempt - 1)));
}
