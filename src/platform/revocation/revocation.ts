import type { TenantId } from '../../contracts/tenant.js';
import type { Principal } from '../auth/principal.js';

/** What is revoked: one token, a key, or every token issued until now to a person or for a tenant. */
export type RevocationKind = 'token' | 'key' | 'person' | 'tenant';

/** Something that is refused from a moment on. Times are milliseconds since the epoch. */
export interface Revocation {
  readonly kind: RevocationKind;
  readonly subject: string;
  readonly at: number;
  /** After this nothing is accepted any more that the revocation could still concern, so that it may be forgotten. */
  readonly until: number;
}

/** No access token that is accepted is older: what concerns tokens is forgotten after it. */
const LONGEST_TOKEN_MS = 24 * 3_600_000;

/** One token, until it would have expired anyway. @param principal whose credential is a token. */
export function tokenRevocation(principal: Principal, at: number): Revocation {
  return { kind: 'token', subject: tokenSubject(principal), at, until: at + LONGEST_TOKEN_MS };
}

/** A key: direct uses and tokens exchanged for it. */
export function keyRevocation(keyId: string, at: number): Revocation {
  return { kind: 'key', subject: keyId, at, until: at + LONGEST_TOKEN_MS };
}

/** All tokens of a person in a tenant (null: over the platform). */
export function personRevocation(owner: TenantId | null, principal: string, at: number): Revocation {
  return { kind: 'person', subject: personSubject(owner, principal), at, until: at + LONGEST_TOKEN_MS };
}

/** All tokens that hold a tenant, and the keys made in it until now. */
export function tenantRevocation(tenant: TenantId, at: number): Revocation {
  return { kind: 'tenant', subject: tenant, at, until: at + LONGEST_TOKEN_MS };
}

/** Tells since when something is revoked; `undefined` where it is not. */
export type RevokedAt = (kind: RevocationKind, subject: string) => number | undefined;

/**
 * Tells whether a principal's credential is revoked, by its token, its key, its person or one of its tenants. A token that was exchanged for a key
 * ends with its tenant because the key does (`KeyAuthenticator`), whose time is known to the millisecond: a token's is to the second.
 */
export function isRevoked(principal: Principal, revokedAt: RevokedAt): boolean {
  if (principal.keyId !== null && revokedAt('key', principal.keyId) !== undefined) return true;
  if (principal.issuedAt === undefined) return false;
  if (principal.tokenId !== undefined && revokedAt('token', tokenSubject(principal)) !== undefined) return true;
  const issuedAt = principal.issuedAt * 1_000;
  const epochs = [...principal.grants.keys()].flatMap((tenant) => [
    principal.keyId === null ? revokedAt('tenant', tenant) : undefined,
    revokedAt('person', personSubject(tenant, principal.subject)),
  ]);
  if (principal.platformRoles.length > 0) epochs.push(revokedAt('person', personSubject(null, principal.subject)));
  return epochs.some((at) => at !== undefined && at >= issuedAt);
}

/** Token ids are the issuer's own: those of two issuers may be alike. */
function tokenSubject({ issuer, tokenId }: Principal): string {
  return JSON.stringify([issuer ?? null, tokenId ?? null]);
}

/** Names of persons are a tenant's own. */
function personSubject(owner: TenantId | null, principal: string): string {
  return JSON.stringify([owner, principal]);
}
