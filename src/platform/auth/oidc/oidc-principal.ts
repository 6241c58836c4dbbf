import type { TenantId } from '../../../contracts/tenant.js';
import type { Role } from '../permissions.js';
import type { Principal } from '../principal.js';
import type { TokenClaims } from '../tokens/claims-policy.js';
import type { OidcIssuer, TenantMapping } from './oidc-issuer.js';

const LONGEST_TOKEN_ID = 255;

/**
 * Whom a verified token of an identity provider speaks for. The subject is `{issuer}#{sub}`: an issuer holds no `#` and a local principal none either,
 * so that nobody outside can be taken for a local one or for one of another provider. Roles follow from the mapping alone; none is over the platform.
 */
export function principalOfOidc(issuer: OidcIssuer, claims: TokenClaims): Principal {
  const { auth_time: authTime } = claims;
  const held = issuer.tenants.map((mapping): [TenantId, readonly Role[]] => [mapping.tenant, rolesFrom(mapping, claims)]);
  return {
    subject: `${issuer.issuer}#${claims.sub}`,
    kind: 'person',
    grants: mergeGrants(held),
    platformRoles: [],
    keyId: null,
    via: 'jwt',
    issuer: issuer.issuer,
    issuedAt: claims.iat,
    expiresAt: claims.exp,
    tokenId: tokenIdOf(claims),
    ...(typeof authTime === 'number' ? { authTime } : {}),
  };
}

/** What one revokes the token by: its `jti`, or, where the provider gives none, whose it is and when it was issued. */
function tokenIdOf({ jti, sub, iat, exp }: TokenClaims): string {
  const isUsable = typeof jti === 'string' && jti !== '' && jti.length <= LONGEST_TOKEN_ID;
  return isUsable ? jti : JSON.stringify([sub, iat, exp]);
}

function rolesFrom({ claim, roles }: TenantMapping, claims: TokenClaims): readonly Role[] {
  const value = claim.reduce<unknown>(memberOf, claims);
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const granted = values.map((each) => (typeof each === 'string' ? roles.get(each) : undefined));
  return [...new Set(granted.filter((role) => role !== undefined))];
}

function memberOf(value: unknown, name: string): unknown {
  const isHolder = typeof value === 'object' && value !== null && Object.hasOwn(value, name);
  return isHolder ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

/** A tenant can be mapped from several claims; one that nothing is granted in is not held. */
function mergeGrants(held: readonly (readonly [TenantId, readonly Role[]])[]): ReadonlyMap<TenantId, readonly Role[]> {
  const grants = new Map<TenantId, readonly Role[]>();
  for (const [tenant, roles] of held) {
    if (roles.length > 0) grants.set(tenant, [...new Set([...(grants.get(tenant) ?? []), ...roles])]);
  }
  return grants;
}
