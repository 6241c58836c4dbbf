import type { ContainmentAction } from '../../contracts/containment.js';
import type { TenantId } from '../../contracts/tenant.js';
import type { TenantDirectory } from '../../platform/tenancy/tenant-directory.js';
import { ActuatorFailure, ContainmentActuator, type ActuatorResult, type EffectState } from '../domain/containment-actuator.js';
import { commandFor, inverseCommandFor, type OpenC2Command } from '../domain/openc2-command.js';
import type { WebhookSender } from './webhook-sender.js';

/**
 * Posts commands to the tenant's own orchestrator, which carries them out on endpoints and directories. A tenant without one gets a dry
 * run: the command is shown, and nothing outside is touched.
 */
export class CommandActuator extends ContainmentActuator {
  readonly kinds = ['isolate_host', 'disable_user', 'reset_credentials', 'kill_process', 'quarantine_file'] as const;
  readonly isRepeatable = true;

  constructor(
    private readonly tenants: TenantDirectory,
    private readonly sender: WebhookSender,
  ) {
    super();
  }

  async preview(_tenant: TenantId, action: ContainmentAction): Promise<ActuatorResult> {
    return { channel: 'command', dry_run: true, command: required(commandFor(action)) };
  }

  execute(tenant: TenantId, action: ContainmentAction, idempotencyKey: string): Promise<ActuatorResult> {
    return this.post(tenant, action, required(commandFor(action)), idempotencyKey);
  }

  revert(tenant: TenantId, action: ContainmentAction, idempotencyKey: string): Promise<ActuatorResult> {
    return this.post(tenant, action, required(inverseCommandFor(action)), idempotencyKey);
  }

  async stateOf(): Promise<EffectState> {
    return 'unknown';
  }

  private async post(tenant: TenantId, action: ContainmentAction, command: OpenC2Command, idempotencyKey: string): Promise<ActuatorResult> {
    const { webhooks, outbound_allow: allow = [] } = (await this.tenants.find(tenant)) ?? {};
    const url = webhooks?.actuator_url;
    if (!url) return { channel: 'command', dry_run: true, command };
    const message = { url, allow, body: { ...command }, idempotencyKey, correlationId: action.correlation_id };
    const status = await this.sender.send(tenant, 'command', message);
    return { channel: 'command', dry_run: false, command, receiver: new URL(url).host, status };
  }
}

function required(command: OpenC2Command | undefined): OpenC2Command {
  if (!command) throw new ActuatorFailure('no_such_command', false);
  return command;
}
