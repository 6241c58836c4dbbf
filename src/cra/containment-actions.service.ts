import { Injectable } from '@nestjs/common';
import type { ActionKind, ActionStatus, ContainmentAction } from '../contracts/containment.js';
import type { TenantId } from '../contracts/tenant.js';
import type { TenantCaller } from '../platform/auth/caller.decorator.js';
import { actorOf } from '../platform/auth/principal.js';
import { Clock } from '../platform/clock/clock.js';
import { toPage, type Page } from '../platform/http/page.js';
import { sortOf, timePositionIn } from '../platform/http/sort.js';
import { notFound, Problem } from '../platform/problems/problem.js';
import { WorkRunner } from '../platform/work-queue/work-runner.js';
import { ACTION_CATALOGUE } from './domain/action-catalogue.js';
import { toContract, type ActionRecord } from './domain/action-record.js';
import { ActionStore, type Change } from './domain/action-store.js';
import { advance } from './domain/advance.js';
import { auditOf } from './domain/audit-entries.js';
import { revertWork } from './domain/containment-work.js';

/** Filters of a list of actions. */
export interface ActionFilters {
  readonly status?: readonly ActionStatus[];
  readonly kind?: readonly ActionKind[];
  readonly incident_id?: readonly string[];
}

/** Which part of the list, in which order. */
export interface ActionPage {
  readonly limit: number;
  readonly cursor?: string;
  readonly sort?: 'created_at' | '-created_at' | 'updated_at' | '-updated_at';
}

/** Shows a tenant's containment actions, and undoes them where a person says so. */
@Injectable()
export class ContainmentActionsService {
  constructor(
    private readonly store: ActionStore,
    private readonly clock: Clock,
    private readonly runner: WorkRunner,
  ) {}

  /** Actions in the order asked for, newest first by default. */
  async list(tenant: TenantId, filters: ActionFilters, page: ActionPage): Promise<Page<ContainmentAction>> {
    const { limit, cursor } = page;
    const sort = sortOf<'created_at' | 'updated_at'>(page.sort ?? '-created_at');
    const after = cursor === undefined ? {} : { after: timePositionIn(cursor) };
    const records = await this.store.list(tenant, { ...filters, ...after, sort, limit: limit + 1 });
    return toPage(records.map(toContract), limit, (action) => [action[sort.by], action.action_id]);
  }

  /** @throws Problem 404 */
  async find(tenant: TenantId, actionId: string): Promise<ContainmentAction> {
    const record = await this.store.find(tenant, actionId);
    if (!record) throw notFound();
    return toContract(record);
  }

  /**
   * Begins to undo an action that is in force.
   * @throws Problem 404; 409 where the action is not in force, or its kind has no inverse.
   */
  async revert(caller: TenantCaller, actionId: string, reason: string): Promise<ContainmentAction> {
    const now = this.clock.now();
    const record = await this.store.change(caller.tenant, actionId, now, (found) => {
      refuseRevert(found);
      return beginRevert(found, caller, reason, new Date(now).toISOString());
    });
    if (!record) throw notFound();
    this.runner.wake(caller.tenant);
    return toContract(record);
  }
}

function refuseRevert(record: ActionRecord): void {
  if (record.status !== 'executed') {
    const members = { action_status: record.status };
    throw new Problem('conflict', `Only an action that was executed can be reverted; this one is ${record.status}.`, { members });
  }
  if (!ACTION_CATALOGUE[record.kind].reversible) throw new Problem('conflict', `There is no inverse of ${record.kind}.`);
}

function beginRevert(record: ActionRecord, caller: TenantCaller, reason: string, at: string): Change {
  const reverting = advance(record, 'begin_revert', at);
  const { principal, correlationId, sourceIp } = caller;
  const audit = auditOf(reverting, 'reverting', { actor: actorOf(principal), correlationId, sourceIp, comments: reason });
  return { record: reverting, audit: [audit], work: [revertWork(reverting)] };
}
