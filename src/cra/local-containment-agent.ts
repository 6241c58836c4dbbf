import { ContainmentAgent } from '../contracts/containment-agent.js';
import type { ContainmentPlan } from '../contracts/containment.js';
import type { Incident } from '../contracts/incident.js';
import type { TenantId } from '../contracts/tenant.js';
import type { AuditLog } from '../platform/audit/audit-log.js';
import type { Clock } from '../platform/clock/clock.js';
import type { TenantDirectory } from '../platform/tenancy/tenant-directory.js';
import type { WorkRunner } from '../platform/work-queue/work-runner.js';
import { digestOf } from './action-digest.js';
import type { ActionBirths } from './action-births.js';
import { toContract, type ActionRecord } from './domain/action-record.js';
import type { ActionStore } from './domain/action-store.js';
import { CONTAINMENT } from './domain/audit-entries.js';
import { fitApprovals } from './domain/fit-approvals.js';
import { planContainment, targetValues, type Plan, type PlannedAction } from './domain/plan-containment.js';
import type { Playbook } from './domain/playbook.js';
import { proposeAction } from './domain/propose-action.js';
import { protectionsOf } from './protections.js';

const WITHHELD = 'containment.withheld';
const COVERED = 'containment.covered';
const NAMED_IN_AUDIT = 50;
/** More than an incident has entities times kinds of action. */
const MOST_COVERED = 2_000;

/** Bounds that can hold steps back. */
const BOUNDS = 2;

/** Steps of a playbook that were left out, and for which bound. */
interface Withheld {
  readonly by: 'max_targets' | 'pending_approvals';
  readonly limit: number;
  readonly withheld: readonly Pick<PlannedAction, 'kind' | 'target'>[];
}

/** What planning needs at hand. */
export interface PlanningParts {
  readonly store: ActionStore;
  readonly playbooks: readonly Playbook[];
  readonly births: ActionBirths;
  readonly tenants: TenantDirectory;
  readonly audit: AuditLog;
  readonly runner: WorkRunner;
  readonly clock: Clock;
}

/** CRA in this process: plans by playbook, stores what is planned, and leaves carrying it out to the work queue. */
export class LocalContainmentAgent extends ContainmentAgent {
  constructor(private readonly parts: PlanningParts) {
    super();
  }

  /**
   * Steps that would make more wait for a person than may are left out, which the audit log says; what runs at once runs. Asked again, for the
   * incident has grown or was reopened, they are planned as far as there is room by then.
   */
  async respond(tenant: TenantId, incident: Incident): Promise<ContainmentPlan> {
    if (incident.tenant_id !== tenant) throw new Error('the incident belongs to another tenant');
    const { store, playbooks, births, tenants, runner, clock } = this.parts;
    const pending = await store.countPending(tenant);
    const protections = protectionsOf(await tenants.find(tenant));
    let plan: Plan<ActionRecord> = { playbook: null, actions: [], covered: [], withheld: [] };
    let beyond: readonly PlannedAction[] = [];
    let existing: readonly ActionRecord[] = [];
    const into = { incident_id: incident.incident_id, alsoOn: targetValues(incident, playbooks) };
    const added = await store.add(tenant, into, clock.now(), (here, elsewhere) => {
      existing = here;
      plan = planContainment(incident, playbooks, protections, { here, elsewhere });
      const fitted = fitApprovals(plan.actions, births.mostPending - pending);
      beyond = fitted.beyond;
      const origin = {
        tenant,
        incident_id: incident.incident_id,
        requested_by: `playbook:${plan.playbook?.id ?? ''}`,
        playbook: plan.playbook?.id ?? null,
        correlation_id: incident.correlation_id,
        actor: CONTAINMENT,
      };
      return fitted.kept.map((planned) => proposeAction(planned, origin, births.next(), digestOf));
    });
    if (added.length > 0) runner.wake(tenant);
    const { playbook, withheld } = plan;
    if (playbook) {
      await this.noteWithheld(tenant, incident, playbook, { by: 'max_targets', limit: playbook.max_targets, withheld });
      await this.noteWithheld(tenant, incident, playbook, { by: 'pending_approvals', limit: births.mostPending, withheld: beyond });
    }
    await this.noteCovered(tenant, incident, plan.covered);
    return {
      incident_id: incident.incident_id,
      playbook: plan.playbook?.id ?? null,
      actions: [...existing, ...added].map(toContract),
      covered: plan.covered.map(toContract),
    };
  }

  /** Says once for an incident and a bound that it was reached. */
  private async noteWithheld(tenant: TenantId, incident: Incident, playbook: Playbook, { by, limit, withheld }: Withheld): Promise<void> {
    if (withheld.length === 0) return;
    const { audit } = this.parts;
    const noted = await audit.list(tenant, { action: [WITHHELD], incident_id: incident.incident_id, after: 0, limit: BOUNDS });
    if (noted.some(({ details }) => details?.['reason'] === by)) return;
    const entry = {
      action: WITHHELD,
      actor: CONTAINMENT,
      target: { type: 'incident', id: incident.incident_id },
      outcome: 'refused' as const,
      correlation_id: incident.correlation_id,
      incident_id: incident.incident_id,
      details: {
        playbook: playbook.id,
        reason: by,
        limit,
        withheld: withheld.length,
        first: withheld.slice(0, NAMED_IN_AUDIT).map(({ kind, target }) => ({ kind, target })),
      },
    };
    await audit.append(tenant, [entry]);
  }

  /** Says once for an incident and an action of another one that the action does here what the playbook asks for. */
  private async noteCovered(tenant: TenantId, incident: Incident, covered: readonly ActionRecord[]): Promise<void> {
    if (covered.length === 0) return;
    const { incident_id, correlation_id } = incident;
    const noted = await this.parts.audit.list(tenant, { action: [COVERED], incident_id, after: 0, limit: MOST_COVERED });
    const known = new Set(noted.map(({ target }) => target.id));
    const entries = covered
      .filter(({ action_id }) => !known.has(action_id))
      .map(({ action_id, kind, target, status, incident_id: of }) => ({
        action: COVERED,
        actor: CONTAINMENT,
        target: { type: 'containment_action', id: action_id },
        outcome: 'success' as const,
        correlation_id,
        incident_id,
        details: { kind, target, status, of_incident: of },
      }));
    if (entries.length > 0) await this.parts.audit.append(tenant, entries);
  }
}
