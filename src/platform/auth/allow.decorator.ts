import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBasicAuth, ApiBearerAuth, ApiExtension, ApiSecurity } from '@nestjs/swagger';
import type { ServiceName } from '../service-auth/service-name.js';
import type { Permission } from './permissions.js';

/** How a route decides who may call it. */
export type RouteAccess =
  | { readonly kind: 'public' }
  | { readonly kind: 'permission'; readonly permission: Permission; readonly scope: 'tenant' | 'platform'; readonly apiKey: boolean }
  | ({ readonly kind: 'service' } & ServiceAccess)
  | { readonly kind: 'any-credential' }
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
