import { ContainmentAgent } from '../contracts/containment-agent.js';
import type { ContainmentPlan } from '../contracts/containment.js';
import type { Incident } from '../contracts/incident.js';
import type { TenantId } from '../contracts/tenant.js';
import type { AuditLog } from '../platform/audit/audit-log.js';
import type { Clock } from '../platform/clock/clock.js';
import type { TenantDirectory } from '../platform/tenancy/tenant-directory.js';
import type { WorkRunner } from '../platform/work-queue/work-runner.js';
import { refuseBeyond } from '../platform/tenancy/tenant-caps.js';
import { digestOf } from './action-digest.js';
import type { ActionBirths } from './action-births.js';
import { toContract, type ActionRecord } from './domain/action-record.js';
import type { ActionStore } from './domain/action-store.js';
import { CONTAINMENT } from './domain/audit-entries.js';
import { planContainment, targetValues, type Plan } from './domain/plan-containment.js';
import type { Playbook } from './domain/playbook.js';
import { proposeAction } from './domain/propose-action.js';
import { protectionsOf } from './protections.js';

const WITHHELD = 'containment.withheld';
const COVERED = 'containment.covered';
const NAMED_IN_AUDIT = 50;
/** More than an incident has entities times kinds of action. */
const MOST_COVERED = 2_000;

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

  /** @throws Problem where more would wait for a person than may: the work is tried again, and kept in the end. */
  async respond(tenant: TenantId, incident: Incident): Promise<ContainmentPlan> {
    if (incident.tenant_id !== tenant) throw new Error('the incident belongs to another tenant');
    const { store, playbooks, births, tenants, runner, clock } = this.parts;
    const pending = await store.countPending(tenant);
    const protections = protectionsOf(await tenants.find(tenant));
    let plan: Plan<ActionRecord> = { playbook: null, actions: [], covered: [], withheld: [] };
    let existing: readonly ActionRecord[] = [];
    const into = { incident_id: incident.incident_id, alsoOn: targetValues(incident, playbooks) };
    const added = await store.add(tenant, into, clock.now(), (here, elsewhere) => {
      existing = here;
      plan = planContainment(incident, playbooks, protections, { here, elsewhere });
      const waiting = plan.actions.filter(({ authorization }) => authorization.runs === 'after-approval').length;
      if (waiting > 0) refuseBeyond('pending_approvals', births.mostPending, pending + waiting - 1);
      const origin = {
        tenant,
        incident_id: incident.incident_id,
        requested_by: `playbook:${plan.playbook?.id ?? ''}`,
        playbook: plan.playbook?.id ?? null,
        correlation_id: incident.correlation_id,
        actor: CONTAINMENT,
      };
      return plan.actions.map((planned) => proposeAction(planned, origin, births.next(), digestOf));
    });
    if (added.length > 0) runner.wake(tenant);
    await this.noteWithheld(tenant, incident, plan);
    await this.noteCovered(tenant, incident, plan.covered);
    return {
      incident_id: incident.incident_id,
      playbook: plan.playbook?.id ?? null,
      actions: [...existing, ...added].map(toContract),
      covered: plan.covered.map(toContract),
    };
  }

  /** Says once for an incident that its playbook's bound was reached. */
  private async noteWithheld(tenant: TenantId, incident: Incident, { playbook, withheld }: Plan): Promise<void> {
    if (!playbook || withheld.length === 0) return;
    const { audit } = this.parts;
    const known = await audit.list(tenant, { action: [WITHHELD], incident_id: incident.incident_id, after: 0, limit: 1 });
    if (known.length > 0) return;
    const entry = {
      action: WITHHELD,
      actor: CONTAINMENT,
      target: { type: 'incident', id: incident.incident_id },
      outcome: 'refused' as const,
      correlation_id: incident.correlation_id,
      incident_id: incident.incident_id,
      details: {
        playbook: playbook.id,
        max_targets: playbook.max_targets,
        withheld: withheld.length,
        first: withheld.slice(0, NAMED_IN_AUDIT),
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
