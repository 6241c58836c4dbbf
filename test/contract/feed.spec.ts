import { toTenantId, type TenantId } from '../../src/contracts/tenant.js';
import { appendFeed } from '../../src/platform/feed/append-feed.js';
import { BEGINNING, type FeedEntry, type FeedEvent } from '../../src/platform/feed/feed-event.js';
import { FeedJournal } from '../../src/platform/feed/feed-journal.js';
import type { FeedTables } from '../../src/platform/feed/feed-tables.js';
import { describeOnEngines, type OpenedStores } from '../support/store-engines.js';

const ACME = toTenantId('acme-corp');
const GLOBEX = toTenantId('globex');
const NOW = Date.parse('2026-11-22T10:00:00.000Z');
const DAY_MS = 24 * 3_600_000;
const KEPT = 50_000;

const entries = (count: number, name = 'alert'): FeedEntry[] =>
  Array.from({ length: count }, (_, n) => ({ type: 'alert.raised', data: { alert_id: `${name}-${n}` } }));

describeOnEngines('feeds', (open) => {
  let stores: OpenedStores;
  let journal: FeedJournal;
  beforeEach(async () => {
    stores = await open();
    journal = new FeedJournal(stores.tenants);
  });
  afterEach(() => stores.close());

  const append = async (added: readonly FeedEntry[], { tenant = ACME as TenantId, now = NOW, from = stores } = {}): Promise<void> => {
    const db = await from.tenants.of<FeedTables>(tenant);
    await db.transaction().execute((trx) => appendFeed(trx, added, now));
  };
  const all = async (seq = 0, tenant: TenantId = ACME): Promise<FeedEvent[]> => {
    const events: FeedEvent[] = [];
    for (;;) {
      const part = await journal.after(tenant, events.at(-1)?.seq ?? seq);
      if (part.events.length === 0) return events;
      events.push(...part.events);
    }
  };

  it('number what is appended without gaps, and answer it in order from wherever one asks', async () => {
    for (const count of [1, 3, 250, 2]) await append(entries(count));
    const events = await all();
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 256 }, (_, n) => n + 1));
    expect(events[0]).toEqual({
      type: 'alert.raised',
      data: { alert_id: 'alert-0' },
      seq: 1,
      mark: expect.stringMatching(/^[0-9a-f]{24}$/),
      at: NOW,
    });
    for (const seq of [1, 2, 50, 104, 105, 254, 256]) expect(await all(seq)).toEqual(events.slice(seq));
    expect(await journal.end(ACME)).toEqual({ seq: 256, mark: events[255]?.mark });
  });

  it('hold what is committed alone: no number of an undone change is missed', async () => {
    await append(entries(2));
    const db = await stores.tenants.of<FeedTables>(ACME);
    const undone = db.transaction().execute(async (trx) => {
      await appendFeed(trx, entries(5, 'undone'), NOW);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await append(entries(1, 'next'));
    expect((await all()).map(({ seq, data }) => `${seq} ${data['alert_id']}`)).toEqual(['1 alert-0', '2 alert-1', '3 next-0']);
  });

  it('never show a later change before an earlier one, whichever process wrote it', async () => {
    const beside = await stores.beside();
    const writers = [stores, beside].flatMap((from, process) =>
      Array.from({ length: 3 }, async (_, writer) => {
        for (let n = 0; n < 15; n += 1) await append(entries(2, `${process}${writer}${n}`), { from });
      }),
    );
    const seen: FeedEvent[] = [];
    const reader = (async () => {
      while (seen.length < 180) seen.push(...(await journal.after(ACME, seen.at(-1)?.seq ?? 0)).events);
    })();
    await Promise.all([...writers, reader]);
    await beside.close();
    expect(seen.map(({ seq }) => seq)).toEqual(Array.from({ length: 180 }, (_, n) => n + 1));
    expect(new Set(seen.map(({ data }) => data['alert_id'])).size).toBe(180);
  });

  it('are a tenant’s own, also by the ids of their events', async () => {
    await append(entries(3));
    await append(entries(4, 'other'), { tenant: GLOBEX });
    expect((await all(0, GLOBEX)).map(({ data }) => data['alert_id'])).toEqual(['other-0', 'other-1', 'other-2', 'other-3']);
    const [own, other] = [await journal.end(ACME), await journal.end(GLOBEX)];
    expect([await journal.holds(ACME, own), await journal.holds(GLOBEX, other)]).toEqual([true, true]);
    expect([await journal.holds(ACME, { ...other, seq: 2 }), await journal.holds(GLOBEX, own)]).toEqual([false, false]);
  });

  it('hold the beginning, every position that was told, and none that was not', async () => {
    expect([await journal.end(ACME), await journal.holds(ACME, BEGINNING)]).toEqual([BEGINNING, true]);
    expect(await journal.holds(ACME, { seq: 1, mark: '000000000000000000000000' })).toBe(false);
    await append(entries(120));
    for (const event of await all()) expect(await journal.holds(ACME, event)).toBe(true);
    expect(await journal.holds(ACME, BEGINNING)).toBe(true);
    expect(await journal.holds(ACME, { seq: 121, mark: (await journal.end(ACME)).mark })).toBe(false);
  });

  it('lose what is older than a day, but never the last, and say so', async () => {
    await append(entries(2, 'old'));
    const [, old] = await all();
    await append(entries(1, 'older than a day soon'), { now: NOW + 1_000 });
    expect(await journal.holds(ACME, old ?? BEGINNING)).toBe(true);
    await append(entries(1, 'new'), { now: NOW + DAY_MS + 500 });
    expect([await journal.holds(ACME, old ?? BEGINNING), await journal.holds(ACME, BEGINNING)]).toEqual([false, false]);
    expect((await journal.after(ACME, 1)).isCut).toBe(true);
    expect((await all(2)).map(({ seq }) => seq)).toEqual([3, 4]);
    const last = await journal.end(ACME);
    await append(entries(1), { now: NOW + 9 * DAY_MS });
    expect((await journal.after(ACME, 3)).isCut).toBe(true);
    expect([(await journal.end(ACME)).seq, await journal.holds(ACME, last)]).toEqual([5, false]);
    expect(await journal.holds(ACME, await journal.end(ACME))).toBe(true);
  });

  it('keep so many changes and no more', async () => {
    for (let n = 0; n < 3; n += 1) await append(entries(KEPT / 2));
    expect((await journal.after(ACME, KEPT / 2 - 1)).isCut).toBe(true);
    expect((await journal.after(ACME, KEPT / 2)).isCut).toBe(false);
  });
});
