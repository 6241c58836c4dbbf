import { Injectable } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';
import { QueueDelay } from '../../platform/shedding/queue-delay.js';
import { AccountingCheck } from './accounting-check.js';
import { StorageQuota } from './storage-quota.js';

/** Watches over events that come and go: whether there is room for them, how long they take, and whose account is to be checked. */
@Injectable()
export class IngestWatch {
  constructor(
    private readonly quota: StorageQuota,
    private readonly delay: QueueDelay,
    private readonly accounting: AccountingCheck,
  ) {}

  /** @throws Problem 507 where the tenant has stored as much as it may, 503 where the disk is full. */
  refuseFull(tenant: TenantId): Promise<void> {
    return this.quota.refuseFull(tenant);
  }

  /** Events of a tenant have arrived; call what is answered when they are done with. */
  begin(tenant: TenantId): () => void {
    this.accounting.note(tenant);
    return this.delay.begin();
  }
}
