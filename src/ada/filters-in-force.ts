import type { TenantId } from '../contracts/tenant.js';
import type { OwnRules } from './loaded-rule-catalog.js';

/** Where filters work: whoever holds the rules that they refer to, and inspects events. */
export abstract class FiltersInForce {
  /** What a text would put in force for a tenant, and what is wrong in it. */
  abstract check(tenant: TenantId, document: string): Promise<OwnRules>;

  /** What a tenant has sent: what is in force of it, and what is not, as rules may have changed since. */
  abstract sentBy(tenant: TenantId): Promise<OwnRules>;

  /** Takes up what is stored for a tenant. It is in force for every event that is sent once this resolves. */
  abstract renew(tenant: TenantId): Promise<void>;
}
