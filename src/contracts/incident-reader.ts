import type { Incident } from './incident.js';
import type { TenantId } from './tenant.js';

/** Read model of incidents for agents that act on them. */
export abstract class IncidentReader {
  /** `undefined` for what is missing and for what belongs to another tenant. */
  abstract find(tenant: TenantId, incidentId: string): Promise<Incident | undefined>;
}
