import { Canaries } from '../../ada/canaries.js';
import type { CanaryBatch, CanaryOutcome } from '../../ada/domain/liveness/canary-batch.js';
import type { TenantId } from '../../contracts/tenant.js';
import { submissionProblem } from '../../mssp/ingest/submission-problem.js';
import type { PipelinePool } from './pipeline-pool.js';

/** Canaries in the pipeline's threads: each tenant's in the one that serves it. */
export class PooledCanaries extends Canaries {
  constructor(private readonly pool: PipelinePool) {
    super();
  }

  tenants(): readonly TenantId[] {
    return this.pool.tenants;
  }

  send(tenant: TenantId, batch: CanaryBatch): Promise<readonly CanaryOutcome[]> {
    return this.pool.sendCanaries(tenant, batch).catch((error: unknown) => {
      throw submissionProblem(error);
    });
  }
}
