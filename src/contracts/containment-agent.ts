import type { ContainmentPlan } from './containment.js';
import type { Incident } from './incident.js';
import type { TenantId } from './tenant.js';

/** CRA: turns an incident into containment actions. */
export abstract class ContainmentAgent {
  /** Asking again for the same incident adds nothing: an action is identified by (tenant, incident, kind, target). */
  abstract respond(tenant: TenantId, incident: Incident): Promise<ContainmentPlan>;
}
