import type { TenantId } from '../../../contracts/tenant.js';
import type { EventStore, ScannedChunk, StoredRecord } from './event-store.js';
import type { SearchPosition } from './search.js';

/** Event times, milliseconds since the epoch, both included. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

/** Some events as they were stored, newest arrival first. The chunks that they are in may hold events of the span; not all of them need be. */
export interface RecordPage {
  readonly records: readonly StoredRecord[];
  /** Where the next page begins; null at the end. */
  readonly next: SearchPosition | null;
  /** Chunks that were read to their end. */
  readonly chunks: number;
  /** Chunks behind that; counted up to 10,000. */
  readonly chunksLeft: number;
}

/** How much one page may hold; one event is always in it. */
export interface PageBounds {
  readonly events: number;
  readonly bytes: number;
  /** Lets other work run between two chunks. */
  readonly pause: () => Promise<void>;
}

/** Reads events from a position on, or from the newest on where it is null. */
export async function readPage(
  store: Pick<EventStore, 'exists' | 'scan' | 'remaining'>,
  tenant: TenantId,
  span: TimeSpan,
  before: SearchPosition | null,
  bounds: PageBounds,
): Promise<RecordPage> {
  const filter = { ...span, terms: [] };
  const records: StoredRecord[] = [];
  let [chunks, bytes] = [0, 0];
  if (!(await store.exists(tenant))) return { records, next: null, chunks, chunksLeft: 0 };
  for await (const chunk of store.scan(tenant, filter, before ?? undefined)) {
    for (let at = endOf(chunk, before) - 1; at >= 0; at -= 1) {
      if (records.length > 0 && (records.length >= bounds.events || bytes >= bounds.bytes)) {
        const next = { ...chunk.position, record: at + 1 };
        return { records, next, chunks, chunksLeft: 1 + (await store.remaining(tenant, filter, next)) };
      }
      const record = chunk.record(at);
      records.push(record);
      bytes += record.raw.length;
    }
    chunks += 1;
    await bounds.pause();
  }
  return { records, next: null, chunks, chunksLeft: 0 };
}

/** How many records of a chunk are to be read, from its first on. */
function endOf({ position, count }: ScannedChunk, before: SearchPosition | null): number {
  const isResumed = before?.month === position.month && before.sequence === position.sequence;
  return isResumed ? Math.min(before.record, count) : count;
}
