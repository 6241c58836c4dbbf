import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ClsService } from 'nestjs-cls';
import { isTenantId, type TenantId } from '../../contracts/tenant.js';
import { Problem } from '../problems/problem.js';
import type { RequestContext } from '../tenancy/request-context.js';
import { TenantDirectory } from '../tenancy/tenant-directory.js';
import { ROUTE_ACCESS, type RouteAccess } from './allow.decorator.js';
import type { AdmittedRequest, Caller } from './caller.decorator.js';
import { allows, type Permission, type Role } from './permissions.js';
import type { Principal } from './principal.js';

/** Selects the tenant among those that the credential holds, and checks the route's permission there. */
@Injectable()
export class PermissionGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly cls: ClsService<RequestContext>,
    private readonly tenants: TenantDirectory,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.getAllAndOverride<RouteAccess | undefined>(ROUTE_ACCESS, [context.getHandler(), context.getClass()]);
    if (access?.kind !== 'permission' && access?.kind !== 'service') return true;
    const request = context.switchToHttp().getRequest<AdmittedRequest>();
    const caller = request.caller;
    if (!caller) throw new Problem('forbidden', 'This route needs a credential.');
    if (access.kind === 'service') {
      requireService(access.from, caller.principal);
      await this.enter(request, caller, tenantNamed(request.headers['x-tenant-id']));
      return true;
    }
    if (access.scope === 'platform') {
      request.caller = { ...caller, principal: await this.inActiveTenants(caller.principal, access.permission) };
      return true;
    }
    const tenant = selectTenant(caller.principal, request.headers['x-tenant-id']);
    requirePermission(access.permission, caller.principal.grants.get(tenant) ?? [], caller.principal);
    await this.enter(request, caller, tenant);
    return true;
  }

  private async enter(request: AdmittedRequest, caller: Caller, tenant: TenantId): Promise<void> {
    await this.requireActive(tenant);
    this.cls.set('tenant', tenant);
    request.caller = { ...caller, tenant };
  }

  /**
   * The principal with what it holds in tenants that are in service: what it holds elsewhere counts nowhere.
   * @throws Problem 403 where the permission is not among that.
   */
  private async inActiveTenants(principal: Principal, permission: Permission): Promise<Principal> {
    const grants = new Map<TenantId, readonly Role[]>();
    for (const [tenant, roles] of principal.grants) {
      if ((await this.tenants.find(tenant))?.status === 'active') grants.set(tenant, roles);
    }
    const active = { ...principal, grants };
    if (!allows(permission, rolesAnywhere(active)) && allows(permission, rolesAnywhere(principal))) throw suspended();
    requirePermission(permission, rolesAnywhere(active), active);
    return active;
  }

  private async requireActive(tenant: TenantId): Promise<void> {
    const found = await this.tenants.find(tenant);
    if (!found) throw new Problem('tenant-not-held', 'Select a tenant that the credential holds.');
    if (found.status !== 'active') throw suspended();
  }
}

function suspended(): Problem {
  return new Problem('tenant-suspended', 'Ask the platform operator to resume the tenant.');
}

function selectTenant(principal: Principal, header: string | string[] | undefined): TenantId {
  const held = [...principal.grants.keys()];
  if (header === undefined) {
    const [only, second] = held;
    if (only && !second) return only;
    const detail = only ? 'Say with X-Tenant-ID which of the tenants held is meant.' : 'This credential holds no tenant.';
    throw new Problem('tenant-not-held', detail);
  }
  if (!isTenantId(header) || !principal.grants.has(header)) {
    throw new Problem('tenant-not-held', 'X-Tenant-ID selects among the tenants that the credential holds.');
  }
  return header;
}

/** A service acts for any tenant; which one is under its signature. */
function tenantNamed(header: string | string[] | undefined): TenantId {
  if (!isTenantId(header)) throw new Problem('tenant-not-held', 'Say with X-Tenant-ID which tenant is meant.');
  return header;
}

function requireService(from: readonly string[], { subject }: Principal): void {
  if (!from.includes(subject)) throw new Problem('forbidden', `This route is for: ${from.join(', ')}.`, { members: { services: from } });
}

/** Roles over the platform and roles in tenants; platform-admin counts only where it is held over the platform. */
function rolesAnywhere(principal: Principal): readonly Role[] {
  const tenantRoles = [...principal.grants.values()].flat().filter((role) => role !== 'platform-admin');
  return [...principal.platformRoles, ...tenantRoles];
}

function requirePermission(permission: Permission, roles: readonly Role[], { scopes }: Principal): void {
  if (!allows(permission, roles, scopes)) {
    throw new Problem('forbidden', `The permission ${permission} is needed.`, { members: { permission } });
  }
}
