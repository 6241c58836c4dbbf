/** The closed catalogue of problem types (RFC 9457): every error answer is one of these. */
export const PROBLEM_TYPES = {
  'malformed-request': { status: 400, title: 'The request could not be read' },
  'credential-in-url': { status: 400, title: 'A credential was sent in the URL' },
  unauthenticated: { status: 401, title: 'A valid credential is needed' },
  forbidden: { status: 403, title: 'The credential does not allow this' },
  'tenant-not-held': { status: 403, title: 'The credential does not hold this tenant' },
  'tenant-suspended': { status: 403, title: 'The tenant is suspended' },
  'recent-sign-in-needed': { status: 403, title: 'A recent sign-in is needed' },
  'own-request': { status: 403, title: 'One cannot approve what one requested' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'method-not-allowed': { status: 405, title: 'The method is not offered here' },
  'not-acceptable': { status: 406, title: 'The answer cannot be given in the form asked for' },
  'request-timeout': { status: 408, title: 'The request did not arrive in time' },
  conflict: { status: 409, title: 'The request conflicts with the present state' },
  'stale-version': { status: 409, title: 'The object has changed since it was read' },
  'request-in-progress': { status: 409, title: 'The same request is still running' },
  'digest-mismatch': { status: 409, title: 'The action is not the one that was seen' },
  'too-large': { status: 413, title: 'The request is too large' },
  'unsupported-media-type': { status: 415, title: 'The media type or encoding is not supported' },
  invalid: { status: 422, title: 'The request is not valid' },
  'idempotency-key-reused': { status: 422, title: 'The idempotency key was used for another request' },
  'headers-too-large': { status: 431, title: 'The headers are too large' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Something went wrong here' },
  unavailable: { status: 503, title: 'Not available at present' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemType = keyof typeof PROBLEM_TYPES;
