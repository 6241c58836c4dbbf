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

/** What makes two actions the same. */
type Identified = Pick<PlannedAction, 'kind' | 'target'>;

/** What a playbook makes of an incident. */
export interface Plan<Elsewhere = Identified> {
  readonly playbook: Playbook | null;
  readonly actions: readonly PlannedAction[];
  /** Live actions of other incidents that do what a step asks for; they count for nothing against the playbook's bound. */
  readonly covered: readonly Elsewhere[];
  /** Steps not taken because the playbook's bound on targets is reached. */
  readonly withheld: readonly Identified[];
}

/**
 * Plans what is still to be done about an incident. Deterministic: steps in the playbook's order, targets in the order of their values.
 * Targets that no action of the kind may touch are passed over.
 * @param known actions that the incident has had, in whatever status, which are not planned again and count against the bound; and live ones
 * of other incidents, which are not done a second time.
 */
export function planContainment<Elsewhere extends Identified>(
  incident: Incident,
  playbooks: readonly Playbook[],
  protections: Protections,
  known: { readonly here: readonly Identified[]; readonly elsewhere: readonly Elsewhere[] },
): Plan<Elsewhere> {
  const playbook = isOver(incident) ? undefined : choosePlaybook(incident, playbooks);
  if (!playbook) return { playbook: null, actions: [], covered: [], withheld: [] };
  const considered = new Set(known.here.map(identityOf));
  const elsewhere = new Map(known.elsewhere.map((action) => [identityOf(action), action]));
  let room = playbook.max_targets - known.here.filter(({ target }) => target.type !== 'incident').length;
  const actions: PlannedAction[] = [];
  const covered: Elsewhere[] = [];
  const withheld: Plan['withheld'][number][] = [];
  for (const step of playbook.steps) {
    for (const target of targetsOf(step, incident)) {
      const planned = { kind: step.action, target };
      const identity = identityOf(planned);
      if (considered.has(identity)) continue;
      considered.add(identity);
      const same = elsewhere.get(identity);
      if (same) covered.push(same);
      else if (target.type !== 'incident' && room-- <= 0) withheld.push(planned);
      else actions.push(assess(planned, step.reason, protections));
    }
  }
  return { playbook, actions, covered, withheld };
}

/** Values of what a playbook may touch in an incident: where its targets in other incidents are to be looked for. */
export function targetValues(incident: Incident, playbooks: readonly Playbook[]): readonly string[] {
  const steps = choosePlaybook(incident, playbooks)?.steps ?? [];
  return [...new Set(steps.flatMap((step) => targetsOf(step, incident)).map(({ value }) => value))];
}

/** Gives an action its risk and what follows from it. On something critical, risk is always high. */
export function assess(action: Identified, reason: string, { criticalEntities, autoContainment }: Protections): PlannedAction {
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
