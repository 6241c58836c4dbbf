import type { ActionKind, ActionTarget, Risk } from '../../contracts/containment.js';
import type { Incident } from '../../contracts/incident.js';
import { ACTION_CATALOGUE } from './action-catalogue.js';
import { identityOf } from './action-record.js';
import { authorize, type Authorization } from './authorize.js';
import { checkTarget } from './check-target.js';
import { isCriticalTarget } from './critical-target.js';
import { choosePlaybook, type Playbook, type PlaybookStep } from './playbook.js';

/** What planning must respect in a tenant. */
export interface Protections {
  /** Names of hosts and users in lower case; actions on them always wait for a person. */
  readonly criticalEntities: readonly string[];
  readonly autoContainment: boolean;
}

/** An action as planned, before it has an id. */
export interface PlannedAction {
  readonly kind: ActionKind;
  readonly target: ActionTarget;
  readonly risk: Risk;
  readonly reason: string;
  readonly authorization: Authorization;
}

/** What a playbook makes of an incident. */
export interface Plan {
  readonly playbook: Playbook | null;
  readonly actions: readonly PlannedAction[];
  /** Steps not taken because the playbook's bound on targets is reached. */
  readonly withheld: readonly { readonly kind: ActionKind; readonly target: ActionTarget }[];
}

/**
 * Plans what is still to be done about an incident. Deterministic: steps in the playbook's order, targets in the order of their values.
 * Targets that no action of the kind may touch are passed over.
 * @param existing actions that the incident has had, in whatever status; they are not planned again and count against the bound.
 */
export function planContainment(
  incident: Incident,
  playbooks: readonly Playbook[],
  protections: Protections,
  existing: readonly { readonly kind: ActionKind; readonly target: ActionTarget }[],
): Plan {
  const playbook = isOver(incident) ? undefined : choosePlaybook(incident, playbooks);
  if (!playbook) return { playbook: null, actions: [], withheld: [] };
  const known = new Set(existing.map(identityOf));
  let room = playbook.max_targets - existing.filter(({ target }) => target.type !== 'incident').length;
  const actions: PlannedAction[] = [];
  const withheld: Plan['withheld'][number][] = [];
  for (const step of playbook.steps) {
    for (const target of targetsOf(step, incident)) {
      const planned = { kind: step.action, target };
      if (known.has(identityOf(planned))) continue;
      known.add(identityOf(planned));
      if (target.type !== 'incident' && room-- <= 0) withheld.push(planned);
      else actions.push(assess(planned, step.reason, protections));
    }
  }
  return { playbook, actions, withheld };
}

/** Gives an action its risk and what follows from it. On something critical, risk is always high. */
export function assess(
  action: { readonly kind: ActionKind; readonly target: ActionTarget },
  reason: string,
  { criticalEntities, autoContainment }: Protections,
): PlannedAction {
  const critical = isCriticalTarget(action.target, criticalEntities);
  const risk = critical ? 'high' : ACTION_CATALOGUE[action.kind].risk;
  return { ...action, risk, reason, authorization: authorize(risk, critical, autoContainment) };
}

function isOver({ status }: Incident): boolean {
  return status === 'closed' || status === 'merged';
}

function targetsOf(step: PlaybookStep, incident: Incident): readonly ActionTarget[] {
  if (step.targets === undefined) return [{ type: 'incident', value: incident.incident_id }];
  const targets = incident.entities
    .filter(({ type }) => type === step.targets)
    .flatMap((entity) => {
      const checked = checkTarget(step.action, entity);
      return 'refusal' in checked ? [] : [checked.target];
    });
  return targets.sort((a, b) => (a.value < b.value ? -1 : 1));
}
