import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBasicAuth, ApiBearerAuth, ApiExtension, ApiSecurity } from '@nestjs/swagger';
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
  { readonly kind: 'public' } | PermissionAccess | { readonly kind: 'any-credential' } | { readonly kind: 'own-credential' };

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

/** A route for everybody. There are few; the inventory test lists them. */
export function AllowEverybody(): MethodDecorator & ClassDecorator {
  return applyDecorators(SetMetadata(ROUTE_ACCESS, { kind: 'public' } satisfies RouteAccess), ApiExtension('x-public', true));
}

/** A route with a credential of its own, which a guard of its own checks. */
export function AllowOwnCredential(scheme: 'basic' | 'bearer'): MethodDecorator & ClassDecorator {
  const security = scheme === 'basic' ? ApiBasicAuth() : ApiBearerAuth();
  return applyDecorators(SetMetadata(ROUTE_ACCESS, { kind: 'own-credential' } satisfies RouteAccess), security);
}
