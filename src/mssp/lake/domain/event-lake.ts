import type { TenantId } from '../../../contracts/tenant.js';
import type { StoredRecord } from '../../ingest/domain/event-store.js';
import type { LakeEvent, LakeRecord } from './lake-event.js';

/** What a scan asks for: everything given must hold. A lake may answer with more events than match, never with fewer. */
export interface LakeFilter {
  /** Event times, milliseconds since the epoch, both included. */
  readonly from: number;
  readonly to: number;
  /** All of them are the event's. */
  readonly terms: readonly string[];
  /** Id of a rule that matched it. */
  readonly rule?: string;
  /** Text in the original, whatever its case. */
  readonly text?: string;
}

/** The event before which to go on. */
export interface LakePosition {
  readonly batch_id: string;
  readonly index: number;
}

/** Events of one hour of arrival. */
export interface LakeHour {
  /** Start of the hour, milliseconds since the epoch. */
  readonly hour: number;
  readonly stored: number;
}

/**
 * Where events are kept for long, outside of GATRA's own stores: a place of each tenant's own, that only grows. What is written twice is read
 * once. A tenant whose place is not there is refused, and never answered with nothing.
 */
export abstract class EventLake {
  /**
   * Makes the tenant's place as it has to be, where it is not there yet.
   * @throws LakeRefused where the place is another tenant's, or cannot be made.
   */
  abstract prepare(tenant: TenantId): Promise<void>;

  /** Durable once it resolves. At most 500 events. @throws LakeRefused, OutboundUnavailable; what was written is not known then. */
  abstract write(tenant: TenantId, events: readonly LakeEvent[]): Promise<void>;

  /** The same for what is copied out besides events. */
  abstract writeRecords(tenant: TenantId, records: readonly LakeRecord[]): Promise<void>;

  /** At most `limit` events that may match, newest arrival first. */
  abstract scan(tenant: TenantId, filter: LakeFilter, before: LakePosition | undefined, limit: number): Promise<readonly StoredRecord[]>;

  abstract find(tenant: TenantId, position: LakePosition): Promise<StoredRecord | undefined>;

  abstract findRecord(tenant: TenantId, kind: LakeRecord['kind'], id: string): Promise<LakeRecord | undefined>;

  /** How many events there are of the hours of arrival that begin in `from` (included) to `to` (excluded), in order; hours without any are left out. */
  abstract counts(tenant: TenantId, from: number, to: number): Promise<readonly LakeHour[]>;

  /** Removes the tenant's place and everything in it; nothing where there is none. @throws LakeRefused where the place is another tenant's. */
  abstract erase(tenant: TenantId): Promise<void>;

  /** Forgets what this process knows of a tenant that is being deleted, where it knows anything. */
  forget?(tenant: TenantId): void;

  /** Resolves where the lake answers. */
  abstract check(): Promise<void>;

  abstract close(): Promise<void>;
}

/** The lake can be reached and cannot do what it is asked; says what is missing or wrong. Trying again does not help. */
export class LakeRefused extends Error {
  override readonly name = 'LakeRefused';
}
