import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBasicAuth, ApiBearerAuth, ApiExtension, ApiSecurity } from '@nestjs/swagger';
import type { Permission } from './permissions.js';

/** How a route decides who may call it. */
export type RouteAccess =
  | { readonly kind: 'public' }
  | { readonly kind: 'permission'; readonly permission: Permission; readonly scope: 'tenant' | 'platform'; readonly apiKey: boolean }
  | { readonly kind: 'any-credential' }
  | { readonly kind: 'own-credential' };

export const ROUTE_ACCESS = Symbol('route access');

/** A route that acts inside one tenant, for holders of the permission there. `apiKey` also takes `X-API-Key` (ingest only). */
export function Allow(permission: Permission, options: { readonly apiKey?: boolean } = {}): MethodDecorator & ClassDecorator {
  const access: RouteAccess = { kind: 'permission', permission, scope: 'tenant', apiKey: options.apiKey === true };
  const schemes = [ApiBearerAuth(), ...(access.apiKey ? [ApiSecurity('api-key')] : [])];
  return applyDecorators(
    SetMetadata(ROUTE_ACCESS, access),
    ApiExtension('x-permission', permission),
    ApiExtension('x-scope', 'tenant'),
    ...schemes,
  );
}

/** A route that acts on the platform itself, or on a tenant named in its path; the handler limits tenant-held roles to their own. */
export function AllowPlatform(permission: Permission): MethodDecorator & ClassDecorator {
  const access: RouteAccess = { kind: 'permission', permission, scope: 'platform', apiKey: false };
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
