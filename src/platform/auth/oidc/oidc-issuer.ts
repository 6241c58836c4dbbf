import type { TenantId } from '../../../contracts/tenant.js';
import type { PublicKeyAlgorithm } from '../tokens/verification-key.js';

/** Roles that an identity provider can grant: those of people in one tenant. */
export const GRANTABLE_ROLES = ['viewer', 'analyst', 'responder', 'tenant-admin'] as const;

/** What an identity provider can grant in one tenant. */
export interface TenantMapping {
  readonly tenant: TenantId;
  /** Path to the claim that is mapped, a name a step. */
  readonly claim: readonly string[];
  /** Role for a value of the claim. */
  readonly roles: ReadonlyMap<string, (typeof GRANTABLE_ROLES)[number]>;
}

/** An identity provider whose access tokens are taken (OpenID Connect Discovery 1.0). */
export interface OidcIssuer {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly PublicKeyAlgorithm[];
  readonly tokenTypes: readonly string[];
  /** Seconds. */
  readonly longestLifetime: number;
  readonly tenants: readonly TenantMapping[];
}
