import type { TenantId } from '../../../contracts/tenant.js';

/** What is stored of a month of events. */
export interface StoredMonth {
  /** Month of arrival, `2026-11`. */
  readonly month: string;
  readonly events: number;
  readonly bytes: number;
  /** Number of its newest chunk, 0 where there is none. */
  readonly last: number;
  /** Whether something in it waits to be inspected, or to become an alert or a dead letter. */
  readonly isUnfinished: boolean;
}

/** The months of events that tenants have stored, as things to be removed whole. */
export abstract class EventMonths {
  /** Months that anything is stored of, the oldest first. */
  abstract list(tenant: TenantId): Promise<readonly string[]>;

  abstract look(tenant: TenantId, month: string): Promise<StoredMonth>;

  /** Removes all that is stored of a month; once this resolves it does not come back. */
  abstract remove(tenant: TenantId, month: string): Promise<void>;
}
