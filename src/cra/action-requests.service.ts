import { Injectable } from '@nestjs/common';
import type { ActionKind, ActionTarget, ContainmentAction } from '../contracts/containment.js';
import { IncidentReader } from '../contracts/incident-reader.js';
import type { TenantCaller } from '../platform/auth/caller.decorator.js';
import { actorOf } from '../platform/auth/principal.js';
import { requireRecentSignIn } from '../platform/auth/recent-sign-in.js';
import { invalid, notFound, Problem } from '../platform/problems/problem.js';
import { TenantDirectory } from '../platform/tenancy/tenant-directory.js';
import { WorkRunner } from '../platform/work-queue/work-runner.js';
import { digestOf } from './action-digest.js';
import { ActionBirths } from './action-births.js';
import { ACTION_CATALOGUE } from './domain/action-catalogue.js';
import { identityOf, toContract, type ActionRecord } from './domain/action-record.js';
import { isLive } from './domain/action-state.js';
import { ActionStore } from './domain/action-store.js';
import { checkTarget } from './domain/check-target.js';
import { assess } from './domain/plan-containment.js';
import { proposeAction } from './domain/propose-action.js';
import { protectionsOf } from './protections.js';

/** Most live actions that one incident may have. */
const MOST_LIVE_ACTIONS = 500;

/** What a person asks to be done. */
export interface RequestedAction {
  readonly action: ActionKind;
  readonly target: ActionTarget;
  readonly reason: string;
}

/** Takes people's requests for containment actions, under the same risk rules as a playbook's. */
@Injectable()
export class ActionRequestsService {
  constructor(
    private readonly store: ActionStore,
    private readonly incidents: IncidentReader,
    private readonly tenants: TenantDirectory,
    private readonly runner: WorkRunner,
    private readonly births: ActionBirths,
  ) {}

  /**
   * Adds an action to an incident on behalf of the caller.
   * @throws Problem 403 where it is no low risk and the caller has not just signed in, 404 for an incident that the tenant does not have, 409 where the same action is live, 422 for a target not to be touched.
   */
  async request(caller: TenantCaller, incidentId: string, requested: RequestedAction): Promise<ContainmentAction> {
    const { tenant, principal } = caller;
    const incident = await this.incidents.find(tenant, incidentId);
    if (!incident) throw notFound();
    if (incident.status === 'merged') {
      throw new Problem('conflict', 'The incident was merged; ask on the one it is part of.', {
        members: { merged_into: incident.merged_into },
      });
    }
    const target = acceptedTarget(requested, incident.incident_id);
    const planned = assess({ kind: requested.action, target }, requested.reason, protectionsOf(await this.tenants.find(tenant)));
    const origin = {
      tenant,
      incident_id: incident.incident_id,
      requested_by: principal.subject,
      playbook: null,
      correlation_id: caller.correlationId,
      actor: actorOf(principal),
      source_ip: caller.sourceIp,
    };
    const birth = this.births.next();
    if (planned.risk !== 'low') requireRecentSignIn(principal, birth.now);
    const [record] = await this.store.add(tenant, { incident_id: incident.incident_id, alsoOn: [] }, birth.now, (existing) => {
      refuseAmong(
        existing.filter(({ status }) => isLive(status)),
        identityOf(planned),
      );
      return [proposeAction(planned, origin, birth, digestOf)];
    });
    if (!record) throw new Error('the store did not answer the action that it added');
    this.runner.wake(tenant);
    return toContract(record);
  }
}

function acceptedTarget({ action, target }: RequestedAction, incidentId: string): ActionTarget {
  const taken = ACTION_CATALOGUE[action].targets;
  if (!taken.includes(target.type)) {
    throw invalid([{ pointer: '/target/type', code: 'target_type', detail: `${action} takes a target of type ${taken.join(' or ')}` }]);
  }
  if (target.type === 'incident' && target.value !== incidentId) {
    throw invalid([{ pointer: '/target/value', code: 'target_refused', detail: 'an action on the incident names this incident' }]);
  }
  const checked = checkTarget(action, target);
  if ('refusal' in checked) throw invalid([{ pointer: '/target/value', code: 'target_refused', detail: checked.refusal }]);
  return checked.target;
}

function refuseAmong(live: readonly ActionRecord[], identity: string): void {
  const same = live.find((record) => identityOf(record) === identity);
  if (same) {
    const members = { action_id: same.action_id, action_status: same.status };
    throw new Problem('conflict', 'The incident already has this action; see action_id.', { members });
  }
  if (live.length >= MOST_LIVE_ACTIONS) throw new Problem('conflict', `An incident has at most ${MOST_LIVE_ACTIONS} live actions.`);
}
