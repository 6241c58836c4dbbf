import { ProbeTenant } from '../../src/cli/probe/probe-tenant.js';
import type { BootstrapFile } from '../../src/platform/tenancy/bootstrap.js';

/** Whose objects must not be reached, and who tries to. */
export const OWNER = 'acme-corp';
export const STRANGER = 'globex';

/** The two tenants of a development start, as the isolation probe works with them. */
export function canaryTenants(app: { readonly baseUrl: string; readonly bootstrap: BootstrapFile }): {
  readonly baseUrl: string;
  readonly owner: ProbeTenant;
  readonly stranger: ProbeTenant;
} {
  const tenant = (id: string): ProbeTenant => new ProbeTenant(id, app.baseUrl, app.bootstrap.tenants[id] ?? {});
  return { baseUrl: app.baseUrl, owner: tenant(OWNER), stranger: tenant(STRANGER) };
}
