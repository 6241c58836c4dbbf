import type { TenantId } from '../contracts/tenant.js';
import type { CanaryBatch, CanaryOutcome } from './domain/liveness/canary-batch.js';

/** The way of a tenant's events through detection, for samples of rules. */
export abstract class Canaries {
  /** The tenants whose events this process takes. */
  abstract tenants(): readonly TenantId[];

  /** What becomes of samples; nothing else comes of them. @throws Problem 503 where there is no way at present */
  abstract send(tenant: TenantId, batch: CanaryBatch): Promise<readonly CanaryOutcome[]>;
}
