import type { TenantId } from '../../../contracts/tenant.js';
import { monthBefore } from '../../ingest/domain/arrival-month.js';
import type { ChunkPosition, EventStore, StoredRecord } from '../../ingest/domain/event-store.js';
import type { LakeEvent } from './lake-event.js';
import { toLakeEvent } from './to-lake-event.js';

/** Where copying goes on in a month: all of its events before this record of this chunk are copied. */
export interface RecordPosition extends ChunkPosition {
  readonly record: number;
}

/** Where copying goes on, and where it left earlier months. */
export interface CopyPosition extends RecordPosition {
  /** The last batch before it; where that is not stored any more, the store was set back since. */
  readonly batch: string | null;
  /** By month, oldest first: where clocks differ or were set back, a month is still added to after a later one has begun. Null where it was not kept yet. */
  readonly earlier: readonly RecordPosition[] | null;
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
  const start = from && (await beginAt(store, tenant, from, newest));
  const late = start && (await lateMonth(store, tenant, start));
  if (start && !late && isBehind(start, newest)) return { ...NOTHING, next: start };
  if ((await store.uninspected(tenant)).length > 0) return { ...NOTHING, next: start, isLast: false };
  if (start && late) {
    const { events, unreadable, next } = await cut(recordsBehind(store, tenant, late.from, late.to), behind(late.to), bounds);
    return { events, unreadable, next: { ...start, earlier: leftAt(start.earlier, [next]) }, isLast: false };
  }
  const { events, unreadable, next, isLast, ...read } = await cut(recordsBehind(store, tenant, start, newest), behind(newest), bounds);
  return { events, unreadable, next: goneOn(start, next, read), isLast };
}

const NOTHING = { events: [], unreadable: 0, isLast: true } as const;

/** Records that were read, and where the next slice begins. */
interface Cut extends Omit<CopySlice, 'next'> {
  readonly next: RecordPosition;
  /** The last batch that was read. */
  readonly batch: string | undefined;
  /** Where each month was left that was read through. */
  readonly passed: readonly RecordPosition[];
}

/** Takes as many records as fit. @param end where the next slice begins if all of them do */
async function cut(records: AsyncIterable<PlacedRecord>, end: RecordPosition, bounds: SliceBounds): Promise<Cut> {
  const events: LakeEvent[] = [];
  const passed = new Map<string, RecordPosition>();
  let [bytes, unreadable, batch]: [number, number, string | undefined] = [0, 0, undefined];
  const upTo = (next: RecordPosition, isLast: boolean): Cut => ({ events, next, unreadable, isLast, batch, passed: [...passed.values()] });
  for await (const { record, at } of records) {
    if (events.length >= bounds.events || bytes >= bounds.bytes) return upTo(at, false);
    const event = toLakeEvent(record);
    if (event) events.push(event);
    else unreadable += 1;
    bytes += record.raw.length;
    batch = record.batch_id;
    passed.set(at.month, behind(at));
  }
  return upTo(end, true);
}

/** A record and its own position. */
interface PlacedRecord {
  readonly record: StoredRecord;
  readonly at: RecordPosition;
}

/** Records from a position on up to the end of a chunk. */
async function* recordsBehind(
  store: EventStore,
  tenant: TenantId,
  from: RecordPosition | null,
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
  const month = from.month < newest.month ? from.month : newest.month;
  return { month, sequence: 1, record: 0, batch: null, earlier: null };
}

/** Where to begin from that is known of every month that may still be added to. */
async function beginAt(store: EventStore, tenant: TenantId, from: CopyPosition, newest: ChunkPosition): Promise<KnownPosition> {
  const start = (await isSetBack(store, tenant, from)) ? anew(from, newest) : from;
  return { ...start, earlier: start.earlier ?? (await earlierOf(store, tenant, start.month)) };
}

type KnownPosition = CopyPosition & { readonly earlier: readonly RecordPosition[] };

/** Where months before one end: what was copied before that was kept is taken to be all there is of them. */
async function earlierOf(store: EventStore, tenant: TenantId, month: string): Promise<readonly RecordPosition[]> {
  const ends = await Promise.all(
    monthsBefore(month).map(async (earlier) => ({ month: earlier, sequence: await store.lastOf(tenant, earlier) })),
  );
  return ends.filter(({ sequence }) => sequence > 0).map(behind);
}

/** The chunks that an earlier month was added to since copying left it. */
async function lateMonth(store: EventStore, tenant: TenantId, { month, earlier }: KnownPosition): Promise<Late | undefined> {
  for (const late of monthsBefore(month)) {
    const from = earlier.find((left) => left.month === late) ?? { month: late, sequence: 1, record: 0 };
    const to = { month: late, sequence: await store.lastOf(tenant, late) };
    if (to.sequence >= from.sequence) return { from, to };
  }
  return undefined;
}

interface Late {
  readonly from: RecordPosition;
  readonly to: ChunkPosition;
}

/** The months before one that may still be added to, oldest first: clocks are not set back further. */
function monthsBefore(month: string): readonly string[] {
  const before = monthBefore(month);
  return [monthBefore(before), before];
}

/** Where copying goes on that was at `start`, once it has read up to `next`. */
function goneOn(start: KnownPosition | null, next: RecordPosition, { batch, passed }: Pick<Cut, 'batch' | 'passed'>): CopyPosition {
  const left = start ? leftAt(start.earlier, [place(start), ...passed]) : leftAt([], passed);
  return { ...next, batch: batch ?? start?.batch ?? null, earlier: left.filter(({ month }) => month < next.month) };
}

/** Positions by month, some of them replaced. */
function leftAt(earlier: readonly RecordPosition[], positions: readonly RecordPosition[]): readonly RecordPosition[] {
  const left = new Map([...earlier, ...positions].map((position) => [position.month, position]));
  return [...left.values()].sort((one, other) => (one.month < other.month ? -1 : 1));
}

function place({ month, sequence, record }: RecordPosition): RecordPosition {
  return { month, sequence, record };
}

/** Behind a chunk. */
function behind({ month, sequence }: ChunkPosition): RecordPosition {
  return { month, sequence: sequence + 1, record: 0 };
}

/** Chunks are behind a position that come later. */
function isBehind(chunk: ChunkPosition, position: ChunkPosition): boolean {
  return chunk.month > position.month || (chunk.month === position.month && chunk.sequence > position.sequence);
}

function before({ month, sequence }: RecordPosition): ChunkPosition {
  return { month, sequence: sequence - 1 };
}
