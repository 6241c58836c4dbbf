/** Seconds after which events come again that were refused, by status: a tenant that is not served, or whose storage is full, needs a person. */
const USUAL: Readonly<Record<number, number>> = { 403: 60, 404: 60, 413: 1, 429: 1, 503: 1, 507: 60 };
const OTHERWISE = 10;
const LONGEST = 600;

/**
 * Seconds after which refused events are to come again.
 * @param status of the refusal; `undefined` where it was none.
 * @param retryAfter seconds, as the refusal has them in `Retry-After`.
 */
export function refusalDelay(status: number | undefined, retryAfter: string | undefined): number {
  const asked = Number(retryAfter);
  if (retryAfter !== undefined && Number.isFinite(asked) && asked > 0) return Math.min(LONGEST, Math.ceil(asked));
  return USUAL[status ?? 0] ?? OTHERWISE;
}
