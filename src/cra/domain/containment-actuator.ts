import type { ActionKind, ContainmentAction } from '../../contracts/containment.js';
import type { TenantId } from '../../contracts/tenant.js';

/** What an actuator tells of its deed, as people will read it. Holds no secrets. */
export type ActuatorResult = Readonly<Record<string, unknown>>;

/** Whether an action's effect is in place, as far as the actuator can tell. */
export type EffectState = 'in-force' | 'absent' | 'unknown';

/** Carries out some kinds of containment actions in the world outside. One contract suite holds for all. */
export abstract class ContainmentActuator {
  abstract readonly kinds: readonly ActionKind[];

  /** True where doing an action again under the same idempotency key has no second effect. */
  abstract readonly isRepeatable: boolean;

  /** What `execute` would do; nothing is done. */
  abstract preview(tenant: TenantId, action: ContainmentAction): Promise<ActuatorResult>;

  /** @throws ActuatorFailure */
  abstract execute(tenant: TenantId, action: ContainmentAction, idempotencyKey: string): Promise<ActuatorResult>;

  /** Undoes what `execute` did. @throws ActuatorFailure */
  abstract revert(tenant: TenantId, action: ContainmentAction, idempotencyKey: string): Promise<ActuatorResult>;

  /** Asks for the effect itself, not for what is remembered of it. */
  abstract stateOf(tenant: TenantId, action: ContainmentAction): Promise<EffectState>;
}

/** Why an actuator could not do what it was asked. `code` may be shown to people; the cause is for the log. */
export class ActuatorFailure extends Error {
  override readonly name = 'ActuatorFailure';

  /** @param isTemporary whether trying again later may help. */
  constructor(
    readonly code: string,
    readonly isTemporary: boolean,
    options?: ErrorOptions,
  ) {
    super(code, options);
  }
}
