import type { ActionKind, ActionTarget, Risk } from '../../contracts/containment.js';

/** What is fixed of one kind of action. */
export interface CatalogueEntry {
  /** Decides who must agree: see `authorize`. */
  readonly risk: Risk;
  /** Types of target that the kind takes. */
  readonly targets: readonly ActionTarget['type'][];
  /** Which actuator carries it out. */
  readonly actuator: 'edl' | 'notification' | 'command';
  /** False where there is no inverse: a password that was reset cannot be set back. */
  readonly reversible: boolean;
}

/** The closed catalogue of containment actions. */
export const ACTION_CATALOGUE: Readonly<Record<ActionKind, CatalogueEntry>> = {
  block_ip: { risk: 'medium', targets: ['ip'], actuator: 'edl', reversible: true },
  block_domain: { risk: 'medium', targets: ['domain'], actuator: 'edl', reversible: true },
  isolate_host: { risk: 'high', targets: ['host'], actuator: 'command', reversible: true },
  disable_user: { risk: 'high', targets: ['user', 'cloud_account'], actuator: 'command', reversible: true },
  reset_credentials: { risk: 'high', targets: ['user', 'cloud_account'], actuator: 'command', reversible: false },
  kill_process: { risk: 'high', targets: ['process'], actuator: 'command', reversible: false },
  quarantine_file: { risk: 'medium', targets: ['file'], actuator: 'command', reversible: true },
  create_ticket: { risk: 'low', targets: ['incident'], actuator: 'notification', reversible: true },
  notify: { risk: 'low', targets: ['incident'], actuator: 'notification', reversible: true },
};
