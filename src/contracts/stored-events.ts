import type { EventFormat } from './security-event.js';
import type { TenantId } from './tenant.js';

/** Event times, milliseconds since the epoch, both included. */
export interface EventSpan {
  readonly from: number;
  readonly to: number;
}

/** Where looking at stored events goes on: before this record of this chunk of a month. */
export interface EventPosition {
  readonly month: string;
  readonly sequence: number;
  readonly record: number;
}

/** An event as it was stored. */
export interface PastRecord {
  /** `{batch_id}.{index}` */
  readonly event_id: string;
  /** Position in its request. */
  readonly index: number;
  /** Arrival, milliseconds since the epoch. */
  readonly received_at: number;
  /** The format that the sender named. */
  readonly source: EventFormat | 'auto';
  /** The original text. */
  readonly raw: string;
}

/** How far reading stored events has come. */
export interface PageEnd {
  /** Where the next page begins; null at the end. */
  readonly next: EventPosition | null;
  /** Chunks of events that this page has read to their end. */
  readonly chunks: number;
  /** Chunks behind it that may hold events of the span; counted up to 10,000. */
  readonly chunksLeft: number;
}

/** Some events, newest arrival first. A page may hold events that are not of the span, and none that are. */
export interface StoredPage extends PageEnd {
  readonly records: readonly PastRecord[];
}

/** A tenant's stored events, page by page. */
export abstract class StoredEvents {
  /** @param before null for the newest. @throws Error where they cannot be read at present. */
  abstract page(tenant: TenantId, span: EventSpan, before: EventPosition | null): Promise<StoredPage>;
}
