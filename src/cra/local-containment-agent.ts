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
import { planContainment, type Plan } from './domain/plan-containment.js';
import type { Playbook } from './domain/playbook.js';
import { proposeAction } from './domain/propose-action.js';
import { protectionsOf } from './protections.js';

const WITHHELD = 'containment.withheld';
const NAMED_IN_AUDIT = 50;

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

  async respond(tenant: TenantId, incident: Incident): Promise<ContainmentPlan> {
    if (incident.tenant_id !== tenant) throw new Error('the incident belongs to another tenant');
    const { store, playbooks, births, tenants, runner, clock } = this.parts;
    const protections = protectionsOf(await tenants.find(tenant));
    let plan: Plan = { playbook: null, actions: [], withheld: [] };
    let existing: readonly ActionRecord[] = [];
    const added = await store.add(tenant, incident.incident_id, clock.now(), (found) => {
      existing = found;
      plan = planContainment(incident, playbooks, protections, found);
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
    return {
      incident_id: incident.incident_id,
      playbook: plan.playbook?.id ?? null,
      actions: [...existing, ...added].map(toContract),
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
}
