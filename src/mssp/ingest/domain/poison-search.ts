import type { TenantId } from '../../../contracts/tenant.js';
import type { StoredBatch } from './event-store.js';
import type { PoisonEvent } from './poison-event.js';

/** Finds the events of a batch that would take the thread down that inspects them. */
export abstract class PoisonSearch {
  /** In order of index. @throws Error where it cannot be found out at present. */
  abstract among(tenant: TenantId, batch: StoredBatch): Promise<readonly PoisonEvent[]>;
}

/** For where every event can be inspected in place. */
export class NoPoisonSearch extends PoisonSearch {
  async among(): Promise<readonly PoisonEvent[]> {
    return [];
  }
}
