import type { Tenant } from '../platform/tenancy/tenant.js';
import type { Protections } from './domain/plan-containment.js';

/** What planning must respect in a tenant; one that is not known has nothing run by itself. */
export function protectionsOf(tenant: Tenant | undefined): Protections {
  return {
    criticalEntities: tenant?.critical_entities.map((name) => name.toLowerCase()) ?? [],
    autoContainment: tenant?.features.auto_containment ?? false,
  };
}
