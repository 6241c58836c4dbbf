import type { ContainmentAction } from '../../contracts/containment.js';
import type { IncidentReader } from '../../contracts/incident-reader.js';
import type { TenantId } from '../../contracts/tenant.js';
import type { TenantDirectory } from '../../platform/tenancy/tenant-directory.js';
import { ContainmentActuator, type ActuatorResult, type EffectState } from '../domain/containment-actuator.js';
import type { WebhookSender } from './webhook-sender.js';

/**
 * Tells people of an incident: posts to the tenant's notification or ticket receiver. A tenant without one has it in the audit log,
 * and the result says that nobody was reached.
 */
export class NotificationActuator extends ContainmentActuator {
  readonly kinds = ['notify', 'create_ticket'] as const;
  readonly isRepeatable = true;

  constructor(
    private readonly tenants: TenantDirectory,
    private readonly incidents: IncidentReader,
    private readonly sender: WebhookSender,
  ) {
    super();
  }

  async preview(tenant: TenantId, action: ContainmentAction): Promise<ActuatorResult> {
    return { channel: (await this.receiver(tenant, action)).url ? 'webhook' : 'audit', message: await this.message(tenant, action, false) };
  }

  async execute(tenant: TenantId, action: ContainmentAction, idempotencyKey: string): Promise<ActuatorResult> {
    return this.post(tenant, action, idempotencyKey, await this.message(tenant, action, false));
  }

  async revert(tenant: TenantId, action: ContainmentAction, idempotencyKey: string): Promise<ActuatorResult> {
    return this.post(tenant, action, idempotencyKey, await this.message(tenant, action, true));
  }

  async stateOf(): Promise<EffectState> {
    return 'unknown';
  }

  private async post(tenant: TenantId, action: ContainmentAction, idempotencyKey: string, body: ActuatorResult): Promise<ActuatorResult> {
    const { url, allow } = await this.receiver(tenant, action);
    if (!url) return { channel: 'audit', delivered: false, message: body };
    const purpose = action.kind === 'notify' ? 'notify' : 'ticket';
    const status = await this.sender.send(tenant, purpose, { url, allow, body, idempotencyKey, correlationId: action.correlation_id });
    return { channel: 'webhook', delivered: true, receiver: new URL(url).host, status };
  }

  private async receiver(
    tenant: TenantId,
    action: ContainmentAction,
  ): Promise<{ readonly url?: string | null; readonly allow?: readonly string[] }> {
    const known = await this.tenants.find(tenant);
    if (!known) return {};
    const { webhooks, outbound_allow: allow } = known;
    return { url: action.kind === 'notify' ? webhooks.notify_url : webhooks.ticket_url, allow };
  }

  private async message(tenant: TenantId, action: ContainmentAction, isRevert: boolean): Promise<ActuatorResult> {
    const incident = await this.incidents.find(tenant, action.incident_id);
    const subject = action.kind === 'notify' ? 'notification' : 'ticket';
    return {
      type: isRevert ? `${subject}.withdrawn` : `${subject}.created`,
      action_id: action.action_id,
      tenant_id: tenant,
      incident_id: action.incident_id,
      reason: action.reason,
      incident: incident && {
        title: incident.title,
        kind: incident.kind,
        severity: incident.severity,
        classification: incident.classification,
        score: incident.score,
        techniques: incident.techniques,
        first_event_at: incident.first_event_at,
        last_event_at: incident.last_event_at,
      },
    };
  }
}
