import { Injectable } from '@nestjs/common';
import type { ActionStatus } from '../contracts/containment.js';
import type { TenantId } from '../contracts/tenant.js';
import type { AuditEntry } from '../platform/audit/audit-record.js';
import { actorOf } from '../platform/auth/principal.js';
import type { TenantCaller } from '../platform/auth/caller.decorator.js';
import { Clock } from '../platform/clock/clock.js';
import { toPage, type Page } from '../platform/http/page.js';
import { sortOf, timePositionIn } from '../platform/http/sort.js';
import { notFound, Problem } from '../platform/problems/problem.js';
import { WorkRunner } from '../platform/work-queue/work-runner.js';
import { digestOf } from './action-digest.js';
import type { ActionRecord, Decision } from './domain/action-record.js';
import { ActionStore, type Change } from './domain/action-store.js';
import { approvalOf, type Approval, type ApprovalStatus } from './domain/approval.js';
import { auditOf } from './domain/audit-entries.js';
import { executeWork } from './domain/containment-work.js';
import { approve, reject, type Decided } from './domain/decide-approval.js';

const STATUSES_OF: Readonly<Record<ApprovalStatus, readonly ActionStatus[]>> = {
  pending: ['pending_approval'],
  approved: ['approved', 'executing', 'executed', 'failed', 'reverting', 'reverted'],
  rejected: ['rejected'],
  expired: ['expired'],
};

/** Which approvals are wanted. */
interface ApprovalQuery {
  readonly status?: readonly ApprovalStatus[];
  readonly limit: number;
  readonly cursor?: string;
  readonly sort?: 'requested_at' | '-requested_at' | 'expires_at' | '-expires_at';
}

/** Lets people decide on actions that wait for one. The decider is whoever the door authenticated, and nobody else. */
@Injectable()
export class ApprovalsService {
  constructor(
    private readonly store: ActionStore,
    private readonly clock: Clock,
    private readonly runner: WorkRunner,
  ) {}

  /** Approvals in the order asked for; by default those that wait in the order they expire, and any other list newest first. */
  async list(tenant: TenantId, { status, limit, cursor, sort: word }: ApprovalQuery): Promise<Page<Approval>> {
    const areWaiting = status?.every((one) => one === 'pending') ?? false;
    const sort = sortOf<'requested_at' | 'expires_at'>(word ?? (areWaiting ? 'expires_at' : '-requested_at'));
    const records = await this.store.list(tenant, {
      withApproval: true,
      sort: { ...sort, by: sort.by === 'requested_at' ? 'created_at' : 'expires_at' },
      limit: limit + 1,
      ...(status ? { status: status.flatMap((one) => STATUSES_OF[one]) } : {}),
      ...(cursor === undefined ? {} : { after: timePositionIn(cursor) }),
    });
    const approvals = records.flatMap((record) => approvalOf(record) ?? []);
    return toPage(approvals, limit, (approval) => [approval[sort.by], approval.action.action_id]);
  }

  async find(tenant: TenantId, approvalId: string): Promise<Approval> {
    return approvalIn(await this.store.findByApproval(tenant, approvalId));
  }

  /** Approves exactly the action that `digest` is of; once as many have as have to, it runs, once. */
  approve(caller: TenantCaller, approvalId: string, given: { readonly comments: string; readonly digest: string }): Promise<Approval> {
    return this.decide(caller, approvalId, given.comments, (record, decision) =>
      approve(record, decision, { seen: given.digest, present: digestOf(record) }),
    );
  }

  /** Turns an action down: it is written down and nothing else happens. */
  reject(caller: TenantCaller, approvalId: string, given: { readonly comments: string }): Promise<Approval> {
    return this.decide(caller, approvalId, given.comments, reject);
  }

  private async decide(
    caller: TenantCaller,
    approvalId: string,
    comments: string,
    decideOn: (record: ActionRecord, decision: Decision) => Decided,
  ): Promise<Approval> {
    if (caller.principal.kind !== 'person') throw new Problem('forbidden', 'Only a person decides on containment.');
    const waiting = await this.store.findByApproval(caller.tenant, approvalId);
    if (!waiting) throw notFound();
    let outcome: Decided['outcome'] = 'not-pending';
    const record = await this.store.change(caller.tenant, waiting.action_id, this.clock.now(), (found) => {
      const decided = decideOn(found, { by: caller.principal.subject, at: this.clock.isoNow(), comments });
      outcome = decided.outcome;
      if (!('record' in decided)) return undefined;
      return toChange(decided.outcome, decided.record, caller, comments);
    });
    refuse(outcome);
    this.runner.wake(caller.tenant);
    return approvalIn(record);
  }
}

function toChange(
  outcome: Extract<Decided, { record: unknown }>['outcome'],
  record: ActionRecord,
  caller: TenantCaller,
  comments: string,
): Change {
  const { principal, correlationId, sourceIp } = caller;
  const byPerson = { actor: actorOf(principal), correlationId, sourceIp, comments };
  const audit: AuditEntry = auditOf(record, outcome, outcome === 'expired' ? {} : byPerson);
  return { record, audit: [audit], work: outcome === 'approved' ? [executeWork(record)] : [] };
}

function approvalIn(record: ActionRecord | undefined): Approval {
  const approval = record && approvalOf(record);
  if (!approval) throw notFound();
  return approval;
}

/** @throws Problem where the outcome is not a decision. */
function refuse(outcome: Decided['outcome']): void {
  switch (outcome) {
    case 'own-request':
      throw new Problem('own-request', 'Ask another responder to decide on it.');
    case 'digest-mismatch':
      throw new Problem('digest-mismatch', 'Read the approval again, look at its action, and send that digest.');
    case 'given-before':
      throw new Problem('conflict', 'You have approved it before; another responder has to approve it too.');
    case 'expired':
      throw new Problem('conflict', 'The approval has expired; ask for the action again.', { members: { approval_status: 'expired' } });
    case 'not-pending':
      throw new Problem('conflict', 'The approval has already been decided on; read it again.');
    case 'approved':
    case 'approval_given':
    case 'rejected':
  }
}
