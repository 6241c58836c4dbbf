import type { TenantId } from '../../../contracts/tenant.js';
import type { ChunkPosition, EventStore, StoredRecord } from '../../ingest/domain/event-store.js';
import type { LakeEvent } from './lake-event.js';
import { toLakeEvent } from './to-lake-event.js';

/** Where copying goes on: all events before this record of this chunk are copied. */
export interface CopyPosition extends ChunkPosition {
  readonly record: number;
  /** The last batch before it; where that is not stored any more, the store was set back since. */
  readonly batch: string | null;
}

/** Events that follow each other in a tenant's store. */
export interface CopySlice {
  readonly events: readonly LakeEvent[];
  /** Where the next slice begins; null where there is nothing to begin from yet. */
  readonly next: CopyPosition | null;
  /** Events that this version cannot read any more, and leaves out. */
  readonly unreadable: number;
  /** Nothing follows for the time being; where nothing is answered and this is false, something waits to be inspected. */
  readonly isLast: boolean;
}

/** How much one slice may hold; one event is always in it. */
export interface SliceBounds {
  readonly events: number;
  readonly bytes: number;
}

/**
 * Reads the events behind a position, oldest first. What is not inspected yet is waited for, and so is everything behind it, as rules that match an event are
 * copied with it: a chunk that was there before nothing was left to inspect is inspected whole.
 */
export async function readSlice(store: EventStore, tenant: TenantId, from: CopyPosition | null, bounds: SliceBounds): Promise<CopySlice> {
  const newest = (await store.exists(tenant)) ? await store.newest(tenant) : undefined;
  if (!newest) return { ...NOTHING, next: from };
  const start = from && (await isSetBack(store, tenant, from)) ? anew(from, newest) : from;
  if (start !== null && isBehind(start, newest)) return { ...NOTHING, next: start };
  if ((await store.uninspected(tenant)).length > 0) return { ...NOTHING, next: start, isLast: false };
  const end = { month: newest.month, sequence: newest.sequence + 1, record: 0, batch: start?.batch ?? null };
  return cut(recordsBehind(store, tenant, start, newest), end, bounds);
}

const NOTHING = { events: [], unreadable: 0, isLast: true } as const;

/** Takes as many records as fit. @param end where the next slice begins if all of them do */
async function cut(records: AsyncIterable<PlacedRecord>, end: CopyPosition, bounds: SliceBounds): Promise<CopySlice> {
  const events: LakeEvent[] = [];
  let [bytes, unreadable, batch] = [0, 0, end.batch];
  for await (const { record, at } of records) {
    if (events.length >= bounds.events || bytes >= bounds.bytes) return { events, next: { ...at, batch }, unreadable, isLast: false };
    const event = toLakeEvent(record);
    if (event) events.push(event);
    else unreadable += 1;
    bytes += record.raw.length;
    batch = record.batch_id;
  }
  return { events, next: { ...end, batch }, unreadable, isLast: true };
}

/** A record and its own position. */
interface PlacedRecord {
  readonly record: StoredRecord;
  readonly at: Omit<CopyPosition, 'batch'>;
}

/** Records from a position on up to the end of a chunk. */
async function* recordsBehind(
  store: EventStore,
  tenant: TenantId,
  from: CopyPosition | null,
  newest: ChunkPosition,
): AsyncGenerator<PlacedRecord> {
  let at = { ...newest, sequence: 0, record: 0 };
  for await (const { position, records } of store.storedAfter(tenant, from === null ? undefined : before(from))) {
    if (isBehind(position, newest)) return;
    if (position.month !== at.month || position.sequence !== at.sequence) at = { ...position, record: 0 };
    for (const record of records) {
      const isCopied = from !== null && !isBehind(at, from) && at.record < from.record;
      if (!isCopied) yield { record, at };
      at = { ...at, record: at.record + 1 };
    }
  }
}

/** Whether the store was restored from an earlier time, so that other chunks have, or will have, the numbers of those that were copied. */
async function isSetBack(store: EventStore, tenant: TenantId, { batch }: CopyPosition): Promise<boolean> {
  return batch !== null && (await store.receiptOf(tenant, batch)) === undefined;
}

/** From the beginning of the month: what was copied before is copied again, and read once. */
function anew(from: CopyPosition, newest: ChunkPosition): CopyPosition {
  return { month: from.month < newest.month ? from.month : newest.month, sequence: 1, record: 0, batch: null };
}

/** Chunks are behind a position that come later. */
function isBehind(chunk: ChunkPosition, position: ChunkPosition): boolean {
  return chunk.month > position.month || (chunk.month === position.month && chunk.sequence > position.sequence);
}

function before({ month, sequence }: CopyPosition): ChunkPosition {
  return { month, sequence: sequence - 1 };
}
