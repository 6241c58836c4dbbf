import type { TenantId } from '../../contracts/tenant.js';
import type { AuditActor } from '../audit/audit-record.js';
import type { Role } from './permissions.js';

/** Whoever holds a credential, as the door knows them. */
export interface Principal {
  /** Name of the person or machine: `responder@acme-corp`. Two credentials of one person have the same subject. */
  readonly subject: string;
  readonly kind: 'person' | 'collector' | 'service';
  /** Roles held in each tenant. */
  readonly grants: ReadonlyMap<TenantId, readonly Role[]>;
  /** Roles held over the platform itself. */
  readonly platformRoles: readonly Role[];
  /** Key that the credential is, or that its token was exchanged for. */
  readonly keyId: string;
  readonly via: 'jwt' | 'api_key';
}

/** The principal as an actor of the audit log. */
export function actorOf(principal: Principal): AuditActor {
  return { type: principal.kind, id: principal.subject };
}
