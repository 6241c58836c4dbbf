import { type InspectionReport, type SentEvents, SentEventInspector } from '../../contracts/sent-events.js';
import type { TenantId } from '../../contracts/tenant.js';
import { submissionProblem } from '../../mssp/ingest/submission-problem.js';
import type { PipelinePool } from './pipeline-pool.js';

/** Inspection of events that are not stored, in the tenant's pipeline thread. */
export class PooledInspector extends SentEventInspector {
  constructor(private readonly pool: PipelinePool) {
    super();
  }

  async inspect(tenant: TenantId, sent: SentEvents): Promise<InspectionReport> {
    try {
      return await this.pool.inspect(tenant, sent);
    } catch (error) {
      throw submissionProblem(error);
    }
  }
}
