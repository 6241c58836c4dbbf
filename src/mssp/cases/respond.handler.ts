import type { ContainmentAgent } from '../../contracts/containment-agent.js';
import type { TenantId } from '../../contracts/tenant.js';
import { WorkHandler, type WorkItem } from '../../platform/work-queue/work-item.js';
import { RESPOND } from './domain/case-work.js';
import { takesAlerts } from './domain/incident-status.js';
import type { IncidentStore } from './domain/incident-store.js';

/** Asks for containment of incidents that are still going on. */
export class RespondHandler extends WorkHandler {
  readonly kind = RESPOND;

  constructor(
    private readonly incidents: IncidentStore,
    private readonly agent: ContainmentAgent,
  ) {
    super();
  }

  async handle(tenant: TenantId, items: readonly WorkItem[]): Promise<void> {
    for (const { key } of items) {
      const incident = await this.incidents.find(tenant, key);
      if (incident && takesAlerts(incident.status)) await this.agent.respond(tenant, incident);
    }
  }
}
