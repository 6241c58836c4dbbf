import { FiltersInForce } from '../../ada/filters-in-force.js';
import type { OwnRules } from '../../ada/loaded-rule-catalog.js';
import type { TenantId } from '../../contracts/tenant.js';
import { submissionProblem } from '../../mssp/ingest/submission-problem.js';
import type { PipelinePool } from './pipeline-pool.js';

/** Filters in the pipeline's threads: each tenant's in the one that serves it. What it is asked for fails with Problem 503 where a thread is away. */
export class PooledFilters extends FiltersInForce {
  constructor(private readonly pool: PipelinePool) {
    super();
  }

  check(tenant: TenantId, document: string): Promise<OwnRules> {
    return answered(this.pool.checkFilters(tenant, document));
  }

  sentBy(tenant: TenantId): Promise<OwnRules> {
    return answered(this.pool.ownRules(tenant, 'sent'));
  }

  /** All that the tenant has of rules of its own. */
  allOf(tenant: TenantId): Promise<OwnRules> {
    return answered(this.pool.ownRules(tenant, 'all'));
  }

  renew(tenant: TenantId): Promise<void> {
    return this.pool.renewTerms(tenant);
  }
}

function answered(rules: Promise<OwnRules>): Promise<OwnRules> {
  return rules.catch((error: unknown) => {
    throw submissionProblem(error);
  });
}
