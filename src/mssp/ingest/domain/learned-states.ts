import type { EventBatch } from '../../../contracts/security-event.js';
import type { TenantId } from '../../../contracts/tenant.js';
import type { LearnedState } from './event-store.js';

/** What detection has learned about tenants, in the thread that inspects their events. */
export interface LearnedStates {
  snapshot(tenant: TenantId): LearnedState;

  /** Takes up a snapshot in place of what is known about the tenant; false where it cannot be read. */
  restore(tenant: TenantId, state: Uint8Array): boolean;

  /** Learns from a batch that was inspected before, without looking for anything. */
  learn(tenant: TenantId, batch: EventBatch): Promise<void>;

  forget(tenant: TenantId): void;
}

const EVENTS_BETWEEN = 50_000;
const TIME_BETWEEN_MS = 5 * 60_000;

/** Says when what was learned of a tenant should be stored, so that little has to be learned again after a restart. */
export class LearningSchedule {
  private readonly since = new Map<TenantId, { events: number; at: number }>();

  /** Counts `events` arriving at `now` (milliseconds since the epoch). True starts a new period. */
  isDue(tenant: TenantId, now: number, events: number): boolean {
    const period = this.since.get(tenant) ?? { events: 0, at: now };
    period.events += events;
    const due = period.events >= EVENTS_BETWEEN || now - period.at >= TIME_BETWEEN_MS;
    if (due) this.since.delete(tenant);
    else this.since.set(tenant, period);
    return due;
  }
}
