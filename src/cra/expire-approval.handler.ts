import type { TenantId } from '../contracts/tenant.js';
import type { Clock } from '../platform/clock/clock.js';
import { WorkHandler, type WorkItem } from '../platform/work-queue/work-item.js';
import type { ActionStore } from './domain/action-store.js';
import { auditOf } from './domain/audit-entries.js';
import { EXPIRE_APPROVAL } from './domain/containment-work.js';
import { expire } from './domain/decide-approval.js';

/** Expires actions that nobody decided on in time. */
export class ExpireApprovalHandler extends WorkHandler {
  readonly kind = EXPIRE_APPROVAL;
  override readonly batchSize = 50;

  constructor(
    private readonly store: ActionStore,
    private readonly clock: Clock,
  ) {
    super();
  }

  async handle(tenant: TenantId, items: readonly WorkItem[]): Promise<void> {
    for (const item of items) {
      const now = this.clock.now();
      const record = await this.store.change(tenant, String(item.payload['action_id']), now, (found) => {
        const expired = expire(found, new Date(now).toISOString());
        return expired && { record: expired, audit: [auditOf(expired, 'expired')], work: [] };
      });
      if (record?.status === 'pending_approval') throw new Error('the approval has not expired yet');
    }
  }
}
