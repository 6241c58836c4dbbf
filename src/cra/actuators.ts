import { ACTION_KINDS, type ActionKind } from '../contracts/containment.js';
import type { ContainmentActuator } from './domain/containment-actuator.js';

/** The actuators at hand, one for every kind of action. */
export class Actuators {
  private readonly byKind: ReadonlyMap<ActionKind, ContainmentActuator>;

  /** @throws Error where a kind has no actuator, or more than one. */
  constructor(actuators: readonly ContainmentActuator[]) {
    const byKind = new Map<ActionKind, ContainmentActuator>();
    for (const actuator of actuators) {
      for (const kind of actuator.kinds) {
        if (byKind.has(kind)) throw new Error(`two actuators carry out ${kind}`);
        byKind.set(kind, actuator);
      }
    }
    const missing = ACTION_KINDS.filter((kind) => !byKind.has(kind));
    if (missing.length > 0) throw new Error(`no actuator carries out ${missing.join(', ')}`);
    this.byKind = byKind;
  }

  of(kind: ActionKind): ContainmentActuator {
    const actuator = this.byKind.get(kind);
    if (!actuator) throw new Error(`no actuator carries out ${kind}`);
    return actuator;
  }
}
