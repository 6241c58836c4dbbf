import { allows, PERMISSION_NAMES, type Permission, type Role } from '../auth/permissions.js';
import type { ProblemDetail } from '../problems/problem.js';

/** What a person decides, or hands on: no program's key may. */
const FOR_PERSONS: readonly Permission[] = ['approvals:decide', 'containment:revert', 'keys:manage', 'edl:manage', 'webhooks:manage'];

/** What a new key is to hold. */
export interface ScopeRequest {
  readonly kind: 'person' | 'collector' | 'service';
  readonly roles: readonly Role[];
  /** All that the roles may, where left out. */
  readonly scopes?: readonly Permission[] | undefined;
  /** Those of the credential that asks; null where it has none. */
  readonly askersScopes: readonly Permission[] | null;
}

/** What is wrong with the scopes asked for: more than the roles have, or the asker's own credential, or for a program what persons decide. */
export function scopeFaults({ kind, roles, scopes, askersScopes }: ScopeRequest): readonly ProblemDetail[] {
  const fault = (code: string, detail: string): ProblemDetail => ({ pointer: '/scopes', code, detail });
  if (kind === 'service' && scopes === undefined) return [fault('missing_scopes', 'scopes, as a service has no others')];
  const asked = scopes ?? effectiveScopes(roles, null);
  const unheld = asked.filter((scope) => !allows(scope, roles));
  if (unheld.length > 0) return [fault('not_held_by_roles', `what the roles have; they do not have ${unheld.join(', ')}`)];
  const decided = kind === 'service' ? asked.filter((scope) => FOR_PERSONS.includes(scope)) : [];
  if (decided.length > 0) return [fault('for_persons_only', `what needs no person; a service cannot have ${decided.join(', ')}`)];
  if (!isWithin(asked, askersScopes)) return [fault('beyond_own_scopes', 'at most the scopes of the credential that asks')];
  return [];
}

/** What a key with these roles and scopes may do. */
export function effectiveScopes(roles: readonly Role[], scopes: readonly Permission[] | null): readonly Permission[] {
  return PERMISSION_NAMES.filter((permission) => allows(permission, roles, scopes));
}

/** Tells whether the asker's scopes, where there are any, hold all of those. */
export function isWithin(scopes: readonly Permission[], askersScopes: readonly Permission[] | null): boolean {
  return askersScopes === null || scopes.every((scope) => askersScopes.includes(scope));
}
