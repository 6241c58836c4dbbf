import { Injectable } from '@nestjs/common';
import type { TenantId } from '../../contracts/tenant.js';
import type { AuditEntry } from '../../platform/audit/audit-record.js';
import type { Caller } from '../../platform/auth/caller.decorator.js';
import { deedOf } from '../../platform/auth/deed-of.js';
import { Clock } from '../../platform/clock/clock.js';
import { Problem, staleVersion } from '../../platform/problems/problem.js';
import { isBusy } from '../../platform/storage/busy.js';
import { DatabaseAway } from '../../platform/storage/database-away.js';
import type { LegalHold, Tenant } from '../../platform/tenancy/tenant.js';
import { TenantDirectory } from '../../platform/tenancy/tenant-directory.js';
import { IngestLocks } from '../ingest/domain/ingest-locks.js';
import { aloneWith } from '../retention/alone-with.js';
import { refuseDeleting, TenantsService } from './tenants.service.js';

/** Legal holds: while one is on, nothing of the tenant is removed, neither by retention nor with the tenant. */
@Injectable()
export class LegalHoldService {
  constructor(
    private readonly tenants: TenantsService,
    private readonly directory: TenantDirectory,
    private readonly clock: Clock,
    private readonly locks: IngestLocks,
  ) {}

  /**
   * Puts a hold on, or gives one that is on another reason. Once it is answered nothing is removed any more, by whichever process.
   * @throws Problem 404, 409; 503 where something is still being removed: the hold is on all the same.
   */
  async put(caller: Caller, id: TenantId, reason: string): Promise<Tenant> {
    const tenant = await this.tenants.get(id);
    const { legal_hold: before } = tenant;
    const deed = deedOf(caller);
    const hold: LegalHold = { reason, since: before?.since ?? this.clock.isoNow(), by: deed.actor.id };
    const held = before?.reason === reason ? tenant : await this.change(tenant, hold, { ...deed, action: 'tenant.legal_hold_put' }, reason);
    await this.untilNothingIsRemoved(id);
    return held;
  }

  /** Lifts a hold; where there is none nothing changes. @throws Problem 404, 409 */
  async lift(caller: Caller, id: TenantId, reason: string): Promise<Tenant> {
    const tenant = await this.tenants.get(id);
    if (!tenant.legal_hold) return tenant;
    return this.change(tenant, null, { ...deedOf(caller), action: 'tenant.legal_hold_lifted' }, reason);
  }

  private async change(
    tenant: Tenant,
    hold: LegalHold | null,
    deed: Pick<AuditEntry, 'actor' | 'correlation_id' | 'action'>,
    reason: string,
  ): Promise<Tenant> {
    refuseDeleting(tenant);
    const { tenant_id: id, version, legal_hold: before } = tenant;
    const next: Tenant = { ...tenant, legal_hold: hold, updated_at: this.clock.isoNow(), version: version + 1 };
    const details = { reason, ...(before ? { before } : {}) };
    if (!(await this.directory.replace(next, { ...deed, target: { type: 'tenant', id }, outcome: 'success', details })))
      throw staleVersion((await this.tenants.get(id)).version);
    return next;
  }

  private async untilNothingIsRemoved(id: TenantId): Promise<void> {
    try {
      await aloneWith(this.locks, id, () => undefined);
    } catch (error) {
      if (!isBusy(error) && !(error instanceof DatabaseAway)) throw error;
      throw new Problem('unavailable', 'The hold is on; what was being removed before is not done yet. Ask again.', {
        headers: { 'Retry-After': '5' },
      });
    }
  }
}

/** @throws Problem 409 for a tenant of which nothing may be removed. */
export function refuseHeld({ legal_hold: hold }: Tenant): void {
  if (!hold) return;
  throw new Problem('conflict', `The tenant is under legal hold since ${hold.since}: ${hold.reason}`, { members: { legal_hold: hold } });
}
