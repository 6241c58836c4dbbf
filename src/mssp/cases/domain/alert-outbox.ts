import type { TenantId } from '../../../contracts/tenant.js';
import type { AlertMessage } from './alert-message.js';

/** Messages that were stored together with what they tell of, and are not yet published. */
export abstract class AlertOutbox {
  /** The oldest messages of these alerts, each alert's in the order of its versions; at most `limit`. */
  abstract waiting(tenant: TenantId, alertIds: readonly string[], limit: number): Promise<readonly AlertMessage[]>;

  /** Forgets messages that were published. */
  abstract remove(tenant: TenantId, messages: readonly AlertMessage[]): Promise<void>;
}
