import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { toTenantId, type TenantId } from '../../src/contracts/tenant.js';
import { DEFAULT_EVENT_LIMITS } from '../../src/events/parse-event.js';
import { matchEvent, termsOf, type SearchCriteria } from '../../src/mssp/ingest/domain/search.js';
import type { EventLake } from '../../src/mssp/lake/domain/event-lake.js';
import type { LakeEvent } from '../../src/mssp/lake/domain/lake-event.js';
import { searchLake } from '../../src/mssp/lake/domain/search-lake.js';
import { ARRIVAL, lakeEvent, lakeEvents, text } from './event-lake-fixtures.js';

const HOUR_MS = 3_600_000;
const ALL = { from: -8_640_000_000_000_000, to: 8_640_000_000_000_000, limit: 100 };
let tenants = 0;

/** What a lake may leave to others. */
export interface LakeKind {
  /** Whether it has places that are made and erased, and that hold records besides events. */
  readonly hasPlaces: boolean;
  /** How many models are compared. */
  readonly runs: number;
}

/** What every event lake must do. Tenants are new ones each time, so that a lake may be used for all tests. */
export function eventLakeContract(make: () => EventLake, { hasPlaces, runs }: LakeKind): void {
  const tenantWithPlace = async (): Promise<TenantId> => {
    const tenant = toTenantId(`lake-${process.pid}-${++tenants}`);
    await make().prepare(tenant);
    return tenant;
  };
  const search = async (tenant: TenantId, criteria: Partial<SearchCriteria> = {}) =>
    searchLake(make(), tenant, { ...ALL, ...criteria }, { before: undefined, isSpent: () => false });
  const idsOf = (items: readonly { event_id: string }[]): readonly string[] => items.map(({ event_id }) => event_id);
  const idOf = ({ batch_id, index }: LakeEvent): string => `${batch_id}.${index}`;
  const newestFirst = (events: readonly LakeEvent[]): readonly LakeEvent[] =>
    [...events].sort((a, b) => (a.batch_id < b.batch_id || (a.batch_id === b.batch_id && a.index < b.index) ? 1 : -1));

  it('R22 gives an event back byte for byte, to its own tenant alone', async () => {
    const [mine, other] = [await tenantWithPlace(), await tenantWithPlace()];
    const raw = '{"message" : "\\u0000 \u{1F980} \'quoted\' \\\\ \\" \\n", "big": 12345678901234567890, "a":1.0}';
    const event = { ...lakeEvent({ host: 'ws-1' }, ARRIVAL, ['rule-1']), raw };
    await make().write(mine, [event]);
    const { batch_id, index, received_at, source, rules } = event;
    expect(await make().find(mine, event)).toEqual({ batch_id, index, received_at, source, rules, raw });
    expect(await make().find(mine, { batch_id, index: 1 })).toBeUndefined();
    expect(await make().find(other, event)).toBeUndefined();
    expect((await search(other)).items).toEqual([]);
    expect(await make().counts(other, ARRIVAL, ARRIVAL + HOUR_MS)).toEqual([]);
  });

  it('keeps the largest event that is taken', async () => {
    const tenant = await tenantWithPlace();
    const event = lakeEvent({ message: 'x'.repeat(DEFAULT_EVENT_LIMITS.maxBytes - 200) });
    await make().write(tenant, [event]);
    expect((await make().find(tenant, event))?.raw).toBe(event.raw);
  });

  it('shows once what was written twice', async () => {
    const tenant = await tenantWithPlace();
    const events = [0, 1, 2].map((index) => lakeEvent({ host: `ws-${index}` }, ARRIVAL + index));
    await make().write(tenant, events);
    await make().write(tenant, events.slice(1));
    await make().write(tenant, [...events].reverse());
    expect(idsOf((await search(tenant)).items)).toEqual(newestFirst(events).map(idOf));
    expect(await make().counts(tenant, ARRIVAL, ARRIVAL + HOUR_MS)).toEqual([{ hour: ARRIVAL, stored: 3 }]);
  });

  it('counts by hour of arrival', async () => {
    const tenant = await tenantWithPlace();
    const at = [0, 1, HOUR_MS, 3 * HOUR_MS - 1, 3 * HOUR_MS].map((ms) => ARRIVAL + ms);
    await make().write(
      tenant,
      at.map((ms) => lakeEvent({ '@timestamp': '2026-01-01T00:00:00.000Z' }, ms)),
    );
    expect(await make().counts(tenant, ARRIVAL, ARRIVAL + 3 * HOUR_MS)).toEqual([
      { hour: ARRIVAL, stored: 2 },
      { hour: ARRIVAL + HOUR_MS, stored: 1 },
      { hour: ARRIVAL + 2 * HOUR_MS, stored: 1 },
    ]);
  });

  it('answers page by page, newest arrival first, without a gap or a repeat, while more arrives', async () => {
    const tenant = await tenantWithPlace();
    const batch = uuidv7({ msecs: ARRIVAL });
    const events = [
      ...Array.from({ length: 25 }, (_, index) => lakeEvent({ host: 'ws-1' }, ARRIVAL, [], index, batch)),
      ...Array.from({ length: 25 }, (_, n) => lakeEvent({ host: 'ws-1' }, ARRIVAL + n)),
    ];
    await make().write(tenant, events);
    const seen: string[] = [];
    let before: { batch_id: string; index: number } | undefined;
    do {
      const page = await searchLake(make(), tenant, { ...ALL, limit: 7 }, { before, isSpent: () => false });
      expect(page.items.length).toBeLessThanOrEqual(7);
      seen.push(...idsOf(page.items));
      before = page.next ?? undefined;
      await make().write(tenant, [lakeEvent({ host: 'later' }, ARRIVAL + HOUR_MS + seen.length)]);
    } while (before);
    expect(seen).toEqual(newestFirst(events).map(idOf));
  });

  it('finds what the comparison of events kept here finds, whatever is asked', async () => {
    const tenant = await tenantWithPlace();
    const written = new Map<string, LakeEvent>();
    const word = (value: fc.Arbitrary<string>): fc.Arbitrary<string | undefined> => fc.option(value, { nil: undefined, freq: 2 });
    const criteria = fc.record({
      host: word(fc.constantFrom('ws-1', 'WS-2', "o'neill", 'ws-3')),
      user: word(fc.constantFrom('alice', 'a%', 'a_')),
      ip: word(fc.constantFrom('203.0.113.7', '2001:db8::7')),
      process: word(fc.constantFrom('cmd.exe', 'c:\\windows\\cmd.exe', 'curl')),
      rule_id: word(fc.constantFrom('rule-1', "rule'3", 'rule-9')),
      q: word(text().filter((value) => value !== '')),
      from: fc.integer({ min: -10, max: 30 }).map((minute) => ARRIVAL + minute * 60_000),
      to: fc.integer({ min: 20, max: 70 }).map((minute) => ARRIVAL + minute * 60_000),
    });
    await fc.assert(
      fc.asyncProperty(lakeEvents(), fc.array(criteria, { minLength: 4, maxLength: 8 }), async (events, asked) => {
        await make().write(tenant, events);
        for (const event of events) written.set(idOf(event), event);
        for (const each of asked) {
          const given = Object.fromEntries(Object.entries(each).filter(([, value]) => value !== undefined)) as typeof each;
          const wanted = { ...ALL, ...given } as SearchCriteria;
          const expected = newestFirst([...written.values()]).filter((event) => matchEvent(event, wanted, termsOf(wanted)));
          expect(idsOf((await search(tenant, wanted)).items)).toEqual(expected.slice(0, ALL.limit).map(idOf));
        }
      }),
      { numRuns: runs },
    );
  });

  it('answers a check', async () => {
    await make().check();
  });

  if (!hasPlaces) return;

  it('keeps records besides, once each, apart by kind and tenant', async () => {
    const [mine, other] = [await tenantWithPlace(), await tenantWithPlace()];
    const record = {
      kind: 'alert',
      id: 'alert-1@1',
      at: ARRIVAL,
      body: { title: "it's \u{1F980}", nested: { n: 1.5, list: [true, null] } },
    } as const;
    const entry = { kind: 'audit', id: '7', at: ARRIVAL + 1, body: { action: 'approved' } } as const;
    await make().writeRecords(mine, [record, entry]);
    await make().writeRecords(mine, [record]);
    expect(await make().findRecord(mine, 'alert', record.id)).toEqual(record);
    expect(await make().findRecord(mine, 'audit', '7')).toEqual(entry);
    expect(await make().findRecord(mine, 'alert', '7')).toBeUndefined();
    expect(await make().findRecord(other, 'alert', record.id)).toBeUndefined();
  });

  it('makes a place once and leaves alone what is in it', async () => {
    const tenant = await tenantWithPlace();
    const event = lakeEvent({ host: 'ws-1' });
    await make().write(tenant, [event]);
    await Promise.all([make().prepare(tenant), make().prepare(tenant)]);
    expect(idsOf((await search(tenant)).items)).toEqual([idOf(event)]);
  });

  it('refuses whoever has no place, by name, and never answers with nothing', async () => {
    const tenant = toTenantId(`placeless-${process.pid}`);
    const lake = make();
    const event = lakeEvent({ host: 'ws-1' });
    for (const ask of [
      () => lake.write(tenant, [event]),
      () => lake.scan(tenant, { from: 0, to: Date.now(), terms: [] }, undefined, 1),
      () => lake.find(tenant, event),
      () => lake.counts(tenant, ARRIVAL, ARRIVAL + HOUR_MS),
    ]) {
      await expect(ask()).rejects.toMatchObject({ name: 'LakeRefused', message: expect.stringContaining('placeless') });
    }
  });

  it('erases the whole of a place and nothing else; doing it again changes nothing', async () => {
    const [mine, other] = [await tenantWithPlace(), await tenantWithPlace()];
    const event = lakeEvent({ host: 'ws-1' });
    for (const tenant of [mine, other]) await make().write(tenant, [event]);
    await make().erase(mine);
    await make().erase(mine);
    await expect(make().find(mine, event)).rejects.toMatchObject({ name: 'LakeRefused' });
    expect(await make().find(other, event)).toBeDefined();
    await make().prepare(mine);
    expect(await make().find(mine, event)).toBeUndefined();
  });
}
