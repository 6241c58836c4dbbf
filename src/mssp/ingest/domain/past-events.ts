import type { TenantId } from '../../../contracts/tenant.js';
import type { ShownEvent } from './event-pipeline.js';
import type { FoundEvent, SearchCriteria } from './search.js';

/** The event before which a search goes on. */
export interface PastPosition {
  readonly batch_id: string;
  readonly index: number;
}

/** A page of events that are not kept here any more, newest arrival first. */
export interface PastPage {
  readonly items: readonly FoundEvent[];
  readonly next: PastPosition | null;
  /** Events looked at. */
  readonly events: number;
}

/** Events that were removed here because their time was over, where they are kept elsewhere. */
export abstract class PastEvents {
  /** Where a tenant's past events begin; `undefined` where it has none. */
  abstract begin(tenant: TenantId): Promise<PastPosition | undefined>;

  abstract search(tenant: TenantId, criteria: SearchCriteria, before: PastPosition): Promise<PastPage>;

  abstract find(tenant: TenantId, eventId: string): Promise<ShownEvent | undefined>;
}
