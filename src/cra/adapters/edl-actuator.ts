import type { ContainmentAction } from '../../contracts/containment.js';
import type { TenantId } from '../../contracts/tenant.js';
import type { Clock } from '../../platform/clock/clock.js';
import { ActuatorFailure, ContainmentActuator, type ActuatorResult, type EffectState } from '../domain/containment-actuator.js';
import { listFor, type ExternalList, type ExternalListStore } from '../domain/external-list.js';

/** Blocks addresses and domains by publishing them on the external dynamic lists that the tenant's firewalls poll. */
export class EdlActuator extends ContainmentActuator {
  readonly kinds = ['block_ip', 'block_domain'] as const;
  readonly isRepeatable = true;

  constructor(
    private readonly lists: ExternalListStore,
    private readonly clock: Clock,
  ) {
    super();
  }

  async preview(tenant: TenantId, action: ContainmentAction): Promise<ActuatorResult> {
    const list = listOf(action);
    const listed = (await this.lists.values(tenant, list)).includes(action.target.value);
    return { channel: 'edl', list, value: action.target.value, already_listed: listed };
  }

  async execute(tenant: TenantId, action: ContainmentAction): Promise<ActuatorResult> {
    const list = listOf(action);
    const { value } = action.target;
    const published = await this.lists.publish(tenant, list, { value, actionId: action.action_id, at: this.clock.isoNow() });
    if (!published) throw new ActuatorFailure('list_full', false);
    return { channel: 'edl', list, value, published: true };
  }

  async revert(tenant: TenantId, action: ContainmentAction): Promise<ActuatorResult> {
    const list = listOf(action);
    const { value } = action.target;
    const stillListed = await this.lists.withdraw(tenant, list, { value, actionId: action.action_id });
    return { channel: 'edl', list, value, still_listed_for_another_action: stillListed };
  }

  async stateOf(tenant: TenantId, action: ContainmentAction): Promise<EffectState> {
    const entry = { value: action.target.value, actionId: action.action_id };
    return (await this.lists.holds(tenant, listOf(action), entry)) ? 'in-force' : 'absent';
  }
}

function listOf(action: ContainmentAction): ExternalList {
  const list = listFor(action.kind);
  if (!list) throw new ActuatorFailure('kind_not_handled', false);
  return list;
}
