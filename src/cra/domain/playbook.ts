import type { ActionKind, ActionTarget } from '../../contracts/containment.js';
import type { Incident } from '../../contracts/incident.js';
import { compareSeverity, type Severity } from '../../contracts/severity.js';
import { CLASSIFICATIONS, type Classification } from '../../contracts/verdict.js';

/** One step of a playbook: a kind of action, on every entity of the incident that it is meant for, or on the incident itself. */
export interface PlaybookStep {
  readonly action: ActionKind;
  /** Type of the entities acted on; left out where the kind acts on the incident. */
  readonly targets?: Exclude<ActionTarget['type'], 'incident'>;
  readonly reason: string;
}

/** What to do about a kind of incident. */
export interface Playbook {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly when: {
    /** Incident kinds (ATT&CK tactic short names, or `suspicious-activity`); left out: any. */
    readonly kinds?: readonly string[];
    readonly min_classification: Classification;
    readonly min_severity: Severity;
  };
  /** Of the playbooks that fit, the one with the highest priority is taken. */
  readonly priority: number;
  /** Most entities that it touches in one incident, over all steps and all times it is asked. */
  readonly max_targets: number;
  readonly steps: readonly PlaybookStep[];
}

/** The playbook for an incident: the fitting one with the highest priority, and of equals the first by id. */
export function choosePlaybook(incident: Incident, playbooks: readonly Playbook[]): Playbook | undefined {
  return playbooks
    .filter(({ when }) => {
      const kindFits = when.kinds === undefined || when.kinds.includes(incident.kind);
      const classified = CLASSIFICATIONS.indexOf(incident.classification) >= CLASSIFICATIONS.indexOf(when.min_classification);
      return kindFits && classified && compareSeverity(incident.severity, when.min_severity) >= 0;
    })
    .sort((a, b) => b.priority - a.priority || (a.id < b.id ? -1 : 1))[0];
}
