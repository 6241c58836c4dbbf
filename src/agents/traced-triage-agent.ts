import type { Alert } from '../contracts/alert.js';
import type { TenantId } from '../contracts/tenant.js';
import { TriageAgent, type TriageContext } from '../contracts/triage-agent.js';
import type { Verdict } from '../contracts/verdict.js';
import type { Tracing } from '../platform/observability/tracing/tracing.js';

/** A triage agent whose verdicts are spans. */
export class TracedTriageAgent extends TriageAgent {
  constructor(
    private readonly agent: TriageAgent,
    private readonly tracing: Tracing,
  ) {
    super();
  }

  assess(tenant: TenantId, alert: Alert, context: TriageContext): Promise<Verdict> {
    return this.tracing.span({ name: 'triage assess', attributes: { 'gatra.alert_id': alert.alert_id } }, async (span) => {
      const verdict = await this.agent.assess(tenant, alert, context);
      span.set({ 'gatra.triage.classification': verdict.classification });
      return verdict;
    });
  }
}
