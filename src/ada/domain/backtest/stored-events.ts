import type { TenantId } from '../../../contracts/tenant.js';
import type { PageEnd } from './advance.js';
import type { EventPosition, EventSpan, PastRecord } from './past-record.js';

/** Some events, newest arrival first. A page may hold events that are not of the span, and none that are. */
export interface StoredPage extends PageEnd {
  readonly records: readonly PastRecord[];
}

/** A tenant's stored events, page by page. */
export abstract class StoredEvents {
  /** @param before null for the newest. @throws Error where they cannot be read at present. */
  abstract page(tenant: TenantId, span: EventSpan, before: EventPosition | null): Promise<StoredPage>;
}
