import fc from 'fast-check';
import { toTenantId } from '../../../contracts/tenant.js';
import type { ChunkPosition, ScannedChunk, StoredRecord } from './event-store.js';
import { type PageBounds, readPage, type RecordPage } from './read-page.js';
import type { SearchPosition } from './search.js';

const ACME = toTenantId('acme-corp');
const SPAN = { from: 0, to: 1 };
const MONTHS = ['2026-03', '2026-02'];

/** Chunks of so many records, the newest first, in two months. */
class SomeChunks {
  private readonly chunks: readonly ScannedChunk[];

  constructor(sizes: readonly number[]) {
    this.chunks = sizes
      .map((count, at) => ({
        position: { month: MONTHS[at % 2 === 0 ? 0 : 1] ?? '', sequence: sizes.length - at },
        bytes: count,
        count,
        record: (n: number): StoredRecord => ({
          batch_id: `b-${at}`,
          index: n,
          received_at: 0,
          source: 'auto',
          raw: 'x'.repeat(10),
          rules: [],
        }),
      }))
      .sort((a, b) => (isBefore(b.position, a.position) ? -1 : 1));
  }

  get names(): readonly string[] {
    return this.chunks.flatMap(({ count, record }) => Array.from({ length: count }, (_, at) => nameOf(record(count - 1 - at))));
  }

  async exists(): Promise<boolean> {
    return this.chunks.length > 0;
  }

  async *scan(_: unknown, __: unknown, start: ChunkPosition | undefined): AsyncGenerator<ScannedChunk> {
    yield* this.chunks.filter(({ position }) => start === undefined || !isBefore(start, position));
  }

  async remaining(_: unknown, __: unknown, behind: ChunkPosition): Promise<number> {
    return this.chunks.filter(({ position }) => isBefore(position, behind)).length;
  }
}

function isBefore(a: ChunkPosition, b: ChunkPosition): boolean {
  return a.month < b.month || (a.month === b.month && a.sequence < b.sequence);
}

function nameOf({ batch_id, index }: StoredRecord): string {
  return `${batch_id}.${index}`;
}

async function pagesOf(chunks: SomeChunks, bounds: Pick<PageBounds, 'events' | 'bytes'>): Promise<readonly RecordPage[]> {
  const pages: RecordPage[] = [];
  let before: SearchPosition | null = null;
  do {
    const page: RecordPage = await readPage(chunks, ACME, SPAN, before, { ...bounds, pause: async () => undefined });
    pages.push(page);
    before = page.next;
  } while (before !== null);
  return pages;
}

describe('readPage', () => {
  it('reads every record once, the newest first, whatever the bounds, and knows how many chunks are left', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 90 }), async (counts, events, bytes) => {
        const chunks = new SomeChunks(counts);
        const pages = await pagesOf(chunks, { events, bytes });
        expect(pages.flatMap(({ records }) => records.map(nameOf))).toEqual(chunks.names);
        let read = 0;
        for (const page of pages) {
          expect(page.records.length).toBeLessThanOrEqual(events);
          read += page.chunks;
          expect(page.chunksLeft).toBe(counts.length - read);
        }
      }),
    );
  });

  it('has one record at least, however large it is', async () => {
    const pages = await pagesOf(new SomeChunks([2]), { events: 10, bytes: 1 });
    expect(pages.map(({ records }) => records.length)).toEqual([1, 1]);
  });

  it('is empty where nothing is stored', async () => {
    expect(await pagesOf(new SomeChunks([]), { events: 10, bytes: 10 })).toEqual([{ records: [], next: null, chunks: 0, chunksLeft: 0 }]);
  });
});
