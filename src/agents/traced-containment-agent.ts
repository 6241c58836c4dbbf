import { ContainmentAgent } from '../contracts/containment-agent.js';
import type { ContainmentPlan } from '../contracts/containment.js';
import type { Incident } from '../contracts/incident.js';
import type { TenantId } from '../contracts/tenant.js';
import type { Tracing } from '../platform/observability/tracing/tracing.js';

/** A containment agent whose plans are spans. */
export class TracedContainmentAgent extends ContainmentAgent {
  constructor(
    private readonly agent: ContainmentAgent,
    private readonly tracing: Tracing,
  ) {
    super();
  }

  respond(tenant: TenantId, incident: Incident): Promise<ContainmentPlan> {
    const start = { name: 'containment plan', attributes: { 'gatra.incident_id': incident.incident_id } };
    return this.tracing.span(start, async (span) => {
      const plan = await this.agent.respond(tenant, incident);
      span.set({ 'gatra.containment.actions': plan.actions.length });
      return plan;
    });
  }
}
