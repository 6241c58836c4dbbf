import type { TenantId } from '../../contracts/tenant.js';
import type { EventStore } from '../../mssp/ingest/domain/event-store.js';

const HOUR_MS = 3_600_000;

interface ShedCount {
  readonly at: number;
  readonly reason: string;
  events: number;
}

/**
 * Events that were turned away, added up before they are stored, so that a flood of refused requests does not cost a disk sync each. What a
 * crash forgets is forgotten as received and as shed alike: the balance still closes.
 */
export class ShedCounts {
  private readonly counts = new Map<TenantId, Map<string, ShedCount>>();

  constructor(private readonly store: EventStore) {}

  /** @param at arrival, milliseconds since the epoch */
  add(tenant: TenantId, at: number, reason: string, events: number): void {
    const key = `${Math.floor(at / HOUR_MS)} ${reason}`;
    const counts = this.counts.get(tenant) ?? new Map<string, ShedCount>();
    const count = counts.get(key) ?? { at, reason, events: 0 };
    count.events += events;
    this.counts.set(tenant, counts.set(key, count));
  }

  forget(tenant: TenantId): void {
    this.counts.delete(tenant);
  }

  /** Stores what has been added up, of one tenant or of all. */
  async write(only?: TenantId): Promise<void> {
    for (const [tenant, counts] of this.counts) {
      if (only !== undefined && tenant !== only) continue;
      this.counts.delete(tenant);
      for (const { at, reason, events } of counts.values()) await this.store.addShed(tenant, at, reason, events);
    }
  }
}
