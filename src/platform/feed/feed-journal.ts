import type { TenantId } from '../../contracts/tenant.js';
import type { TenantDatabases } from '../storage/tenant-databases.js';
import { BEGINNING, type FeedEntry, type FeedEvent, type FeedPosition } from './feed-event.js';
import type { FeedTables } from './feed-tables.js';

/** Most that one read answers; whoever is further behind reads again. */
const EVENTS_AT_ONCE = 200;
const PAGES_AT_ONCE = 20;

/** What follows a position. */
export interface FeedPart {
  readonly events: readonly FeedEvent[];
  /** Whether what followed the position is not kept any more, so that `events` begin later. */
  readonly isCut: boolean;
}

/** Reads tenants' feeds. Those who wait at the same place share one read. */
export class FeedJournal {
  private readonly reading = new Map<string, Promise<FeedPart>>();

  constructor(private readonly databases: TenantDatabases) {}

  /** Where a feed ends now. */
  async end(tenant: TenantId): Promise<FeedPosition> {
    const db = await this.databases.of<FeedTables>(tenant);
    const row = await db.selectFrom('feed_page').select(['last', 'mark']).orderBy('last', 'desc').limit(1).executeTakeFirst();
    return row ? { seq: row.last, mark: row.mark } : BEGINNING;
  }

  /** Tells whether everything that followed a position of this feed is still kept. */
  async holds(tenant: TenantId, { seq, mark }: FeedPosition): Promise<boolean> {
    const db = await this.databases.of<FeedTables>(tenant);
    const page = await db
      .selectFrom('feed_page')
      .select(['first', 'mark'])
      .where('last', '>=', seq)
      .orderBy('last')
      .limit(1)
      .executeTakeFirst();
    if (seq === 0) return page === undefined || page.first === 1;
    return page !== undefined && page.first <= seq && page.mark === mark;
  }

  /** The next events after a position, in order. */
  after(tenant: TenantId, seq: number): Promise<FeedPart> {
    const place = `${tenant} ${seq}`;
    const under = this.reading.get(place);
    if (under) return under;
    const part = this.read(tenant, seq).finally(() => this.reading.delete(place));
    this.reading.set(place, part);
    return part;
  }

  private async read(tenant: TenantId, seq: number): Promise<FeedPart> {
    const db = await this.databases.of<FeedTables>(tenant);
    const pages = await db.selectFrom('feed_page').selectAll().where('last', '>', seq).orderBy('last').limit(PAGES_AT_ONCE).execute();
    const events: FeedEvent[] = [];
    for (const { first, at, mark, entries } of pages) {
      if (events.length >= EVENTS_AT_ONCE) break;
      for (const [offset, entry] of (JSON.parse(entries) as FeedEntry[]).entries()) {
        if (first + offset > seq) events.push({ ...entry, seq: first + offset, mark, at });
      }
    }
    return { events, isCut: (pages[0]?.first ?? 0) > seq + 1 };
  }
}
