/** Milliseconds that the caller of a service waits, from when the message is sent. Relative, so that clocks need not agree. */
export const DEADLINE_HEADER = 'X-Request-Timeout-Ms';

const LONGEST_MS = 600_000;
const FORM = /^[1-9]\d{0,8}$/;

/** When what is asked for is no longer wanted. */
export interface Deadline {
  /** Aborted then. */
  readonly signal: AbortSignal;
  /** Monotonic milliseconds. */
  readonly at: number;
}

/**
 * The deadline that a header sets, ten minutes at most; none where it is no number. It can only shorten what is done, so it needs no signature of its own:
 * who can change it on the way can also hold the message back.
 * @param arrived when the message came, monotonic milliseconds
 */
export function readDeadline(header: string | undefined, arrived: number): Deadline | undefined {
  if (header === undefined || !FORM.test(header)) return undefined;
  const at = arrived + Math.min(Number(header), LONGEST_MS);
  return { signal: AbortSignal.timeout(Math.max(0, Math.round(at - performance.now()))), at };
}

/** What to tell the next service: one's own patience, or what is left of the caller's. At least a millisecond. */
export function deadlineHeader(patienceMs: number, deadline: Deadline | undefined, now: number): Record<string, string> {
  const left = deadline ? Math.min(patienceMs, deadline.at - now) : patienceMs;
  return { [DEADLINE_HEADER]: String(Math.max(1, Math.floor(left))) };
}
