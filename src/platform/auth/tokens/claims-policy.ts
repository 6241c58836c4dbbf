const LONGEST_SUBJECT = 255;
/** Control, format and unassigned characters, and halves of pairs: they would show as something else than they are. */
const INVISIBLE = /\p{C}/u;

/** What an issuer's tokens must say. */
export interface ClaimsPolicy {
  readonly issuer: string;
  readonly audience: string;
  /** Types of token, as `typ` has them, in lower case without `application/`. */
  readonly types: readonly string[];
  /** Claims without which no token is taken, besides `iss`, `aud`, `sub`, `exp` and `iat`. */
  readonly required: readonly string[];
  /** Longest time from `iat` to `exp`, seconds. */
  readonly longestLifetime: number;
  /** How far the issuer's clock may be ahead, seconds. */
  readonly leeway: number;
}

/** Registered claims that every token has by the time it is believed (RFC 7519 §4.1). Times are seconds since the epoch. */
export interface TokenClaims extends Readonly<Record<string, unknown>> {
  readonly iss: string;
  readonly sub: string;
  readonly iat: number;
  readonly exp: number;
}

/**
 * Checks what a token says against what its issuer's tokens must say.
 * @param now seconds since the epoch.
 */
export function satisfies(
  claims: Readonly<Record<string, unknown>>,
  type: string,
  policy: ClaimsPolicy,
  now: number,
): claims is TokenClaims {
  return (
    policy.types.includes(type) &&
    claims['iss'] === policy.issuer &&
    isMeantFor(policy.audience, claims['aud']) &&
    isSubject(claims['sub']) &&
    policy.required.every((name) => isPresent(claims[name])) &&
    isTimely(claims, policy, now)
  );
}

function isMeantFor(audience: string, claimed: unknown): boolean {
  return Array.isArray(claimed) ? claimed.includes(audience) : claimed === audience;
}

function isSubject(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST_SUBJECT && !INVISIBLE.test(value);
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function isTimely({ iat, exp, nbf }: Readonly<Record<string, unknown>>, policy: ClaimsPolicy, now: number): boolean {
  if (!isTime(iat) || !isTime(exp) || !(nbf === undefined || isTime(nbf))) return false;
  const latest = now + policy.leeway;
  return iat <= latest && (nbf === undefined || nbf <= latest) && now < exp && iat < exp && exp - iat <= policy.longestLifetime;
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
