import { Problem } from '../problems/problem.js';

/** How a route asks for a credential (RFC 9110 §11.6.1). */
const CHALLENGES = {
  bearer: 'Bearer realm="gatra"',
  edl: 'Basic realm="gatra-edl", charset="UTF-8"',
} as const;

/** The one answer to every missing or bad credential. Its body is the same whatever is wrong and wherever; only the challenge is the route's own. */
export function unauthenticated(challenge: keyof typeof CHALLENGES = 'bearer'): Problem {
  return new Problem('unauthenticated', 'Send a valid credential of a kind that the API description lists for this route.', {
    headers: { 'WWW-Authenticate': CHALLENGES[challenge] },
  });
}
