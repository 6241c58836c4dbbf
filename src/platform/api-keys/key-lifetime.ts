import type { ProblemDetail } from '../problems/problem.js';

const DAY_MS = 86_400_000;

/** When a key begins and stops working, RFC 3339 UTC. */
export interface KeyLifetime {
  readonly notBefore: string | null;
  readonly expiresAt: string;
}

/**
 * The lifetime of a new key: as asked for, and never longer than `mostDays`.
 * @param now milliseconds since the epoch.
 */
export function keyLifetime(
  asked: { readonly not_before?: string | undefined; readonly expires_at?: string | undefined },
  now: number,
  mostDays: number,
): KeyLifetime | { readonly faults: readonly ProblemDetail[] } {
  const latest = now + mostDays * DAY_MS;
  const from = asked.not_before === undefined ? now : Date.parse(asked.not_before);
  const to = asked.expires_at === undefined ? latest : Date.parse(asked.expires_at);
  const fault = (field: string, code: string, detail: string): { faults: readonly ProblemDetail[] } => ({
    faults: [{ pointer: `/${field}`, code, detail }],
  });
  if (to <= now) return fault('expires_at', 'in_the_past', 'a time in the future');
  if (to > latest) return fault('expires_at', 'too_late', `at most ${mostDays} days from now`);
  if (from >= to) return fault('not_before', 'after_the_end', 'a time before the key expires');
  return { notBefore: from > now ? new Date(from).toISOString() : null, expiresAt: new Date(to).toISOString() };
}

/** When the successor of a key ends: as long after `now` as the key was made for, and never longer than `mostDays`. */
export function successorEnd(
  key: { readonly created_at: string; readonly expires_at: string | null },
  now: number,
  mostDays: number,
): string {
  const lifetime = key.expires_at === null ? Infinity : Date.parse(key.expires_at) - Date.parse(key.created_at);
  return new Date(now + Math.min(lifetime, mostDays * DAY_MS)).toISOString();
}

/** When a key that is rotated ends: after the overlap, or sooner where it would have ended sooner anyway. */
export function rotatedEnd(key: { readonly expires_at: string | null }, now: number, overlapSeconds: number): string {
  const end = new Date(now + overlapSeconds * 1_000).toISOString();
  return key.expires_at !== null && key.expires_at < end ? key.expires_at : end;
}
