import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBasicAuth, ApiBearerAuth, ApiExtension, ApiSecurity } from '@nestjs/swagger';
import type { ServiceName } from '../service-auth/service-name.js';
import type { Permission } from './permissions.js';
import { RECENT_SECONDS } from './recent-sign-in.js';

/** A route for holders of a permission. */
export interface PermissionAccess {
  readonly kind: 'permission';
  readonly permission: Permission;
  readonly scope: 'tenant' | 'platform';
  readonly apiKey: boolean;
  /** Only for people who have just signed in. */
  readonly recentSignIn: boolean;
}

/** How a route decides who may call it. */
export type RouteAccess =
  | { readonly kind: 'public' }
  | PermissionAccess
  | ({ readonly kind: 'service' } & ServiceAccess)
  | { readonly kind: 'any-credential' }
  | { readonly kind: 'any-token' }
  | { readonly kind: 'own-credential' };

/** Who may call a route between services, and how. */
export interface ServiceAccess {
  /** Services that may call it. */
  readonly from: readonly ServiceName[];
  /** Whether a call changes nothing, so that it may pass while nonces are known to this process alone. */
  readonly onlyReads: boolean;
  /** Most bytes of a body. */
  readonly largestBody: number;
}

export const ROUTE_ACCESS = Symbol('route access');

/**
 * A route that acts inside one tenant, for holders of the permission there. `apiKey` also takes `X-API-Key` (ingest only). `recentSignIn` is for what
 * people alone decide: they must have signed in within 15 minutes.
 */
export function Allow(
  permission: Permission,
  options: { readonly apiKey?: boolean; readonly recentSignIn?: boolean } = {},
): MethodDecorator & ClassDecorator {
  const { apiKey = false, recentSignIn = false } = options;
  const access: PermissionAccess = { kind: 'permission', permission, scope: 'tenant', apiKey, recentSignIn };
  const schemes = [ApiBearerAuth(), ...(access.apiKey ? [ApiSecurity('api-key')] : [])];
  return applyDecorators(
    SetMetadata(ROUTE_ACCESS, access),
    ApiExtension('x-permission', permission),
    ApiExtension('x-scope', 'tenant'),
    ...(recentSignIn ? [ApiExtension('x-recent-sign-in', RECENT_SECONDS)] : []),
    ...schemes,
  );
}

/** A route that acts on the platform itself, or on a tenant named in its path; the handler limits tenant-held roles to their own. */
export function AllowPlatform(permission: Permission): MethodDecorator & ClassDecorator {
  const access: PermissionAccess = { kind: 'permission', permission, scope: 'platform', apiKey: false, recentSignIn: false };
  return applyDecorators(SetMetadata(ROUTE_ACCESS, access), ApiExtension('x-permission', permission), ApiBearerAuth());
}

/** The token exchange: any live API key. */
export function AllowAnyApiKey(): MethodDecorator & ClassDecorator {
  return applyDecorators(SetMetadata(ROUTE_ACCESS, { kind: 'any-credential' } satisfies RouteAccess), ApiSecurity('api-key'));
}

/** A route for whoever holds a live token, whatever it allows. */
export function AllowAnyToken(): MethodDecorator & ClassDecorator {
  return applyDecorators(SetMetadata(ROUTE_ACCESS, { kind: 'any-token' } satisfies RouteAccess), ApiBearerAuth());
}

/** A route between services, for one tenant: callers sign their requests, and neither tokens nor API keys open it. */
export function AllowService({
  from,
  onlyReads = false,
  largestBody = 256 * 1024,
}: Pick<ServiceAccess, 'from'> & Partial<ServiceAccess>): MethodDecorator & ClassDecorator {
  const access: RouteAccess = { kind: 'service', from, onlyReads, largestBody };
  return applyDecorators(
    SetMetadata(ROUTE_ACCESS, access),
    ApiExtension('x-services', from),
    ApiExtension('x-scope', 'tenant'),
    ApiSecurity('service-signature'),
  );
}

/** A route for everybody. There are few; the inventory test lists them. */
export function AllowEverybody(): MethodDecorator & ClassDecorator {
  return applyDecorators(SetMetadata(ROUTE_ACCESS, { kind: 'public' } satisfies RouteAccess), ApiExtension('x-public', true));
}

/** A route with a credential of its own, which a guard of its own checks. */
export function AllowOwnCredential(scheme: 'basic' | 'bearer'): MethodDecorator & ClassDecorator {
  const security = scheme === 'basic' ? ApiBasicAuth() : ApiBearerAuth();
  return applyDecorators(SetMetadata(ROUTE_ACCESS, { kind: 'own-credential' } satisfies RouteAccess), security);
}
