import type { Alert } from '../../contracts/alert.js';
import type { TenantId } from '../../contracts/tenant.js';
import { TriageAgent, type TriageContext } from '../../contracts/triage-agent.js';
import type { Verdict } from '../../contracts/verdict.js';
import { VerdictDto } from '../../platform/contract-dto/verdict.dto.js';
import { Nested } from '../../platform/http/nested.js';
import type { RemoteService } from './remote-service.js';

/** As much of TAA's answer as is used. */
class TriageAnswer {
  @Nested(() => VerdictDto)
  verdict: VerdictDto;
}

/** TAA as a service of its own, at `TAA_URL`. */
export class RemoteTriageAgent extends TriageAgent {
  constructor(private readonly service: RemoteService) {
    super();
  }

  async assess(tenant: TenantId, alert: Alert, context: TriageContext): Promise<Verdict> {
    const question = { tenant, correlationId: alert.correlation_id, path: 'api/v1/triage', body: { alert, context } };
    return (await this.service.ask(question, TriageAnswer)).verdict;
  }
}
