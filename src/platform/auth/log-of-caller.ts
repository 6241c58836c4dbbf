import type { TenantId } from '../../contracts/tenant.js';
import { PLATFORM_LOG } from '../audit/audit-log.js';
import type { Caller } from './caller.decorator.js';

/** The audit log that what a caller does by himself belongs in: of the tenant that he acts in, or holds alone, else the platform's. */
export function logOfCaller({ principal, tenant }: Caller & { readonly tenant?: TenantId }): string {
  const [only, second] = [...principal.grants.keys()];
  return tenant ?? (second === undefined ? only : undefined) ?? PLATFORM_LOG;
}
