import { jwtVerify, SignJWT, type JWTPayload } from 'jose';
import { v7 as uuidv7 } from 'uuid';
import type { SecretRing } from '../secrets/secret-ring.js';
import { isTenantId, type TenantId } from '../../contracts/tenant.js';
import { ROLES, type Role } from './permissions.js';
import type { Principal } from './principal.js';

const ISSUER = 'gatra';
const AUDIENCE = 'gatra-api';
const TYPE = 'at+jwt';
const LIFETIME_SECONDS = 900;
const LONGEST_TOKEN = 4096;

/** A token and how long it lasts. */
export interface IssuedToken {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
}

/**
 * Issues and reads access tokens (RFC 9068 shape): HS256 only, with issuer, audience, subject, grants, expiry of 15 minutes and `jti`.
 */
export class AccessTokens {
  /** @param secret versions of at least 32 bytes each (RFC 7518 §3.2). */
  constructor(private readonly secret: SecretRing) {
    if (secret.current.bytes.length < 32) throw new RangeError('a token key has at least 32 bytes');
  }

  /** @param now milliseconds since the epoch. */
  async issue(principal: Principal, now: number): Promise<IssuedToken> {
    const issuedAt = Math.floor(now / 1000);
    const accessToken = await new SignJWT({
      kind: principal.kind,
      grants: Object.fromEntries(principal.grants),
      roles: [...principal.platformRoles],
      key_id: principal.keyId,
      auth_time: issuedAt,
    })
      .setProtectedHeader({ alg: 'HS256', typ: TYPE })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(principal.subject)
      .setJti(uuidv7())
      .setIssuedAt(issuedAt)
      .setNotBefore(issuedAt)
      .setExpirationTime(issuedAt + LIFETIME_SECONDS)
      .sign(this.secret.current.bytes);
    return { accessToken, expiresIn: LIFETIME_SECONDS };
  }

  /** The principal that a token speaks for; `undefined` for anything but a valid token of ours. */
  async read(token: string, now: number): Promise<Principal | undefined> {
    if (token.length > LONGEST_TOKEN) return undefined;
    for (const { bytes } of this.secret.live) {
      const principal = await readWith(bytes, token, now);
      if (principal) return principal;
    }
    return undefined;
  }
}

async function readWith(key: Buffer, token: string, now: number): Promise<Principal | undefined> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ['HS256'],
      typ: TYPE,
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ['sub', 'exp', 'iat', 'nbf', 'jti', 'auth_time'],
      maxTokenAge: LIFETIME_SECONDS,
      currentDate: new Date(now),
    });
    return toPrincipal(payload);
  } catch {
    return undefined;
  }
}

function toPrincipal(payload: JWTPayload): Principal | undefined {
  const { iss, sub, jti, iat, kind, grants, roles, key_id: keyId, auth_time: authTime } = payload;
  if (!iss || !sub || !jti || iat === undefined || typeof authTime !== 'number') return undefined;
  if (typeof keyId !== 'string' || (kind !== 'person' && kind !== 'collector')) return undefined;
  if (typeof grants !== 'object' || grants === null) return undefined;
  const token = { via: 'jwt', tokenId: jti, issuedAt: iat, authTime, issuer: iss } as const;
  return { subject: sub, kind, grants: grantsIn(grants), platformRoles: rolesIn(roles), keyId, ...token };
}

function grantsIn(grants: object): ReadonlyMap<TenantId, readonly Role[]> {
  const held = new Map<TenantId, readonly Role[]>();
  for (const [tenant, roles] of Object.entries(grants)) {
    if (isTenantId(tenant)) held.set(tenant, rolesIn(roles));
  }
  return held;
}

function rolesIn(value: unknown): readonly Role[] {
  return Array.isArray(value) ? ROLES.filter((role) => value.includes(role)) : [];
}
