import { Problem } from '../problems/problem.js';
import type { Principal } from './principal.js';

/** How long ago a person may have signed in, to do what cannot be taken back, seconds. */
export const RECENT_SECONDS = 900;
/** How far ahead of ours the clock of whoever saw the person sign in may be, seconds. */
const LEEWAY_SECONDS = 60;

/**
 * Refuses whoever is not a person with a token that follows from a sign-in of the last 15 minutes (as RFC 9470 has it, but as 403: it is known who
 * calls). A token of our own follows from the exchange of a key; one of an identity provider says so in `auth_time`, or is refused.
 * @param now milliseconds since the epoch.
 * @throws Problem 403 that says why.
 */
export function requireRecentSignIn(principal: Principal, now: number): void {
  if (principal.kind !== 'person') throw new Problem('forbidden', 'Only a person may do this.');
  if (principal.via !== 'jwt') throw new Problem('forbidden', 'An API key may not do this; exchange it for a token.');
  const age = principal.authTime === undefined ? Infinity : now / 1000 - principal.authTime;
  if (age <= RECENT_SECONDS && age >= -LEEWAY_SECONDS) return;
  const detail =
    principal.authTime === undefined
      ? 'The token does not say when its holder signed in (auth_time).'
      : 'The sign-in is too long ago; sign in again and repeat the request.';
  throw new Problem('recent-sign-in-needed', detail, { members: { max_age: RECENT_SECONDS } });
}
