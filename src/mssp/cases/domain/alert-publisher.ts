import type { TenantId } from '../../../contracts/tenant.js';
import type { OutgoingMessage } from './alert-message.js';

/** Tells others of alerts, each tenant's where that tenant's are told. */
export abstract class AlertPublisher {
  /**
   * Publishes messages, all of them or none, in their order.
   * @throws AgentAway where it cannot be done at present, whoever has to set that right; Error where these messages are refused.
   */
  abstract publish(tenant: TenantId, messages: readonly OutgoingMessage[]): Promise<void>;

  /** Makes ready what a tenant's alerts are published to, where that is wanted and it is not there. */
  abstract prepare(tenant: TenantId): Promise<void>;

  /** Forgets what is known of where a tenant's alerts went. */
  abstract forget(tenant: TenantId): void;
}
