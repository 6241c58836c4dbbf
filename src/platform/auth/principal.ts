import type { TenantId } from '../../contracts/tenant.js';
import type { AuditActor } from '../audit/audit-record.js';
import type { Permission, Role } from './permissions.js';

/** Whoever holds a credential, as the door knows them. */
export interface Principal {
  /** Name of the person or machine: `responder@acme-corp`. Two credentials of one person have the same subject. */
  readonly subject: string;
  readonly kind: 'person' | 'collector' | 'service';
  /** Roles held in each tenant. */
  readonly grants: ReadonlyMap<TenantId, readonly Role[]>;
  /** Roles held over the platform itself. */
  readonly platformRoles: readonly Role[];
  /** What the credential may do of all that its holder's roles may; all of it where null or left out. */
  readonly scopes?: readonly Permission[] | null;
  /** Key that the credential is, or that its token was exchanged for; null where an identity provider vouches for the person. */
  readonly keyId: string | null;
  readonly via: 'jwt' | 'api_key' | 'service_signature';
  /** Of a token (`jti`, RFC 7519 §4.1.7): what revokes it alone. */
  readonly tokenId?: string;
  /** When a token was issued (`iat`), seconds since the epoch. */
  readonly issuedAt?: number;
  /** When a token ceases to be good (`exp`), seconds since the epoch. */
  readonly expiresAt?: number;
  /** When the person last showed who they are (`auth_time`), seconds since the epoch: the key's exchange, or the sign-in at the provider. */
  readonly authTime?: number;
  /** Who issued a token (`iss`): ourselves, or an identity provider. */
  readonly issuer?: string;
}

/** The principal as an actor of the audit log. */
export function actorOf(principal: Principal): AuditActor {
  return { type: principal.kind, id: principal.subject };
}
