import { isTenantId, type TenantId } from '../../../contracts/tenant.js';
import { ROLES, type Role } from '../permissions.js';
import type { Principal } from '../principal.js';
import type { ClaimsPolicy, TokenClaims } from './claims-policy.js';

/** How long our own tokens last, seconds. */
export const TOKEN_LIFETIME = 900;

/** What our own tokens must say (RFC 9068 §2.2). The leeway is for instances whose clocks differ. */
export const LOCAL_POLICY: ClaimsPolicy = {
  issuer: 'gatra',
  audience: 'gatra-api',
  types: ['at+jwt'],
  required: ['nbf', 'jti', 'auth_time'],
  longestLifetime: TOKEN_LIFETIME,
  leeway: 2,
};

const KINDS: readonly Principal['kind'][] = ['person', 'collector', 'service'];

/** What a token of ours says of its holder, besides the registered claims. */
export function toLocalClaims(principal: Principal): Readonly<Record<string, unknown>> {
  return {
    kind: principal.kind,
    grants: Object.fromEntries(principal.grants),
    roles: [...principal.platformRoles],
    key_id: principal.keyId,
  };
}

/** The holder of a verified token of ours; `undefined` where it says too little. Roles and tenants that do not exist are left out. */
export function fromLocalClaims(claims: TokenClaims): Principal | undefined {
  const { iss, sub, iat, exp, jti, grants, roles, key_id: keyId, auth_time: authTime } = claims;
  const kind = KINDS.find((known) => known === claims['kind']);
  if (!kind || typeof keyId !== 'string' || typeof jti !== 'string' || typeof authTime !== 'number') return undefined;
  if (typeof grants !== 'object' || grants === null) return undefined;
  const token = { via: 'jwt', tokenId: jti, issuedAt: iat, expiresAt: exp, authTime, issuer: iss } as const;
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
