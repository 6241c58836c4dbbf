import type { ActionKind, ContainmentAction } from '../../contracts/containment.js';
import type { TenantId } from '../../contracts/tenant.js';
import type { SpanStart, Tracing } from '../../platform/observability/tracing/tracing.js';
import { ContainmentActuator, type ActuatorResult, type EffectState } from '../domain/containment-actuator.js';

/** An actuator whose deeds are spans. */
export class TracedActuator extends ContainmentActuator {
  readonly kinds: readonly ActionKind[];
  readonly isRepeatable: boolean;

  constructor(
    private readonly actuator: ContainmentActuator,
    private readonly tracing: Tracing,
  ) {
    super();
    this.kinds = actuator.kinds;
    this.isRepeatable = actuator.isRepeatable;
  }

  preview(tenant: TenantId, action: ContainmentAction): Promise<ActuatorResult> {
    return this.actuator.preview(tenant, action);
  }

  execute(tenant: TenantId, action: ContainmentAction, idempotencyKey: string): Promise<ActuatorResult> {
    return this.tracing.span(startOf('execute', action), () => this.actuator.execute(tenant, action, idempotencyKey));
  }

  revert(tenant: TenantId, action: ContainmentAction, idempotencyKey: string): Promise<ActuatorResult> {
    return this.tracing.span(startOf('revert', action), () => this.actuator.revert(tenant, action, idempotencyKey));
  }

  stateOf(tenant: TenantId, action: ContainmentAction): Promise<EffectState> {
    return this.tracing.span(startOf('read back', action), () => this.actuator.stateOf(tenant, action));
  }
}

function startOf(deed: string, { action_id, kind }: ContainmentAction): SpanStart {
  return { name: `actuator ${deed}`, attributes: { 'gatra.action_id': action_id, 'gatra.containment.kind': kind } };
}
