import { isTenantId, type TenantId } from '../../contracts/tenant.js';
import type { Caller } from '../../platform/auth/caller.decorator.js';
import { allows, type Permission } from '../../platform/auth/permissions.js';
import { notFound } from '../../platform/problems/problem.js';

/**
 * The tenant named in a path, where the caller has the permission over the platform or in that very tenant.
 * @throws Problem 404 otherwise, as for a tenant that does not exist.
 */
export function tenantInPath(caller: Caller, id: string, permission: Permission): TenantId {
  if (!isTenantId(id)) throw notFound();
  const { grants, platformRoles, scopes } = caller.principal;
  if (!allows(permission, [...platformRoles, ...(grants.get(id) ?? [])], scopes)) throw notFound();
  return id;
}
