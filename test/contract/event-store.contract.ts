import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import type { TenantId } from '../../src/contracts/tenant.js';
import { eventIdOf } from '../../src/mssp/ingest/domain/event-id.js';
import type { ChunkPosition, EventStore, ScanFilter } from '../../src/mssp/ingest/domain/event-store.js';
import { batch, chunk, detection, NOON, OTHER, record, TENANT, windowsIdentity } from './event-store-fixtures.js';

/** A store under test, and a way to close it and open what it kept. */
export interface StoreUnderTest {
  readonly store: EventStore;
  reopen(): Promise<EventStore>;
  dispose(): Promise<void>;
}

const ALL: ScanFilter = { from: 0, to: Number.MAX_SAFE_INTEGER, terms: [] };
const DAY_MS = 86_400_000;
/** How far back a store must know what it has stored; further back it may. */
const LOOK_BACK_MS = 90 * DAY_MS;

async function rawOf(store: EventStore, tenant: TenantId, filter: ScanFilter = ALL, start?: ChunkPosition): Promise<string[]> {
  const found: string[] = [];
  for await (const scanned of store.scan(tenant, filter, start)) {
    for (let at = scanned.count - 1; at >= 0; at -= 1) found.push(scanned.record(at).raw);
  }
  return found;
}

/** What every event store must do; run against each adapter. */
export function describeEventStore(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`event store: ${name}`, () => {
    let under: StoreUnderTest;
    let store: EventStore;
    beforeEach(async () => {
      under = await make();
      store = under.store;
    });
    afterEach(() => under.dispose());

    it('gives an event back byte for byte, also after it was opened again', async () => {
      const texts = ['{"a":1}', '{ "b" : "\\u00e9é€𝄞" ,\n "c":\t[1.0, 1e5] }', '{"d":"\\\\"}'];
      const one = batch(texts.map((text, index) => record(index * 2, text)));
      await store.append(TENANT, chunk([one]));
      for (const open of [async () => store, () => under.reopen()]) {
        const current = await open();
        for (const [position, raw] of texts.entries()) {
          expect(await current.find(TENANT, eventIdOf(one.batch_id, position * 2))).toMatchObject({
            raw,
            index: position * 2,
            batch_id: one.batch_id,
            received_at: NOON,
            source: 'auto',
          });
        }
        for (const index of [1, 3, 5, 100]) expect(await current.find(TENANT, eventIdOf(one.batch_id, index))).toBeUndefined();
      }
    });

    it('R22 finds nothing under ids that are malformed, unknown, or of another tenant', async () => {
      const one = batch([record(0, '{}')]);
      await store.append(TENANT, chunk([one]));
      const ids = [
        '',
        'x',
        one.batch_id,
        `${one.batch_id}.`,
        `${one.batch_id}.00`,
        `${one.batch_id}.-1`,
        eventIdOf(uuidv7({ msecs: NOON }), 0),
      ];
      for (const id of ids) expect(await store.find(TENANT, id)).toBeUndefined();
      expect(await store.find(OTHER, eventIdOf(one.batch_id, 0))).toBeUndefined();
      expect(await rawOf(store, OTHER)).toEqual([]);
    });

    it('keeps the batches of one chunk apart', async () => {
      const first = batch([record(0, '{"n":1}'), record(1, '{"n":2}')], { detections: [detection(1)] });
      const second = batch([record(4, '{"n":3}')], { detections: [detection(4, 'rule-2')] });
      await store.append(TENANT, chunk([first, batch([]), second]));
      expect(await store.find(TENANT, eventIdOf(first.batch_id, 1))).toMatchObject({ raw: '{"n":2}', rules: ['rule-1'] });
      expect(await store.find(TENANT, eventIdOf(second.batch_id, 4))).toMatchObject({ raw: '{"n":3}', rules: ['rule-2'] });
      expect(await rawOf(store, TENANT)).toEqual(['{"n":3}', '{"n":2}', '{"n":1}']);
    });

    it('scans newest first over months, by time and terms, from any position', async () => {
      const february = NOON - 20 * DAY_MS;
      const at = (received_at: number, n: number, term: string): Promise<void> =>
        store.append(
          TENANT,
          chunk([batch([record(0, `{"n":${n}}`, { time: received_at })], { received_at })], { terms: new Set(['all', term]) }),
        );
      await at(february, 1, 'host:a');
      await at(NOON, 2, 'host:b');
      await at(NOON + 1, 3, 'host:a');
      expect(await rawOf(store, TENANT)).toEqual(['{"n":3}', '{"n":2}', '{"n":1}']);
      expect(await rawOf(store, TENANT, { ...ALL, terms: ['host:a'] })).toEqual(['{"n":3}', '{"n":1}']);
      expect(await rawOf(store, TENANT, { ...ALL, terms: ['all', 'host:b'] })).toEqual(['{"n":2}']);
      expect(await rawOf(store, TENANT, { ...ALL, terms: ['host:c'] })).toEqual([]);
      expect(await rawOf(store, TENANT, { ...ALL, from: NOON + 1 })).toEqual(['{"n":3}']);
      expect(await rawOf(store, TENANT, { ...ALL, to: NOON - 1 })).toEqual(['{"n":1}']);
      expect(await Promise.all(['2026-01', '2026-02', '2026-03'].map((month) => store.lastOf(TENANT, month)))).toEqual([0, 1, 2]);
      const positions: ChunkPosition[] = [];
      for await (const { position } of store.scan(TENANT, ALL, undefined)) positions.push(position);
      expect(await rawOf(store, TENANT, ALL, positions[1])).toEqual(['{"n":2}', '{"n":1}']);
      expect(await Promise.all(positions.map((position) => store.remaining(TENANT, ALL, position)))).toEqual([2, 1, 0]);
    });

    it('tells duplicates in the list, in the store, in earlier months, and after it was opened again', async () => {
      const uid = { stream: 'zeek|conn', key: 'CaB1' };
      const identities = [windowsIdentity(7), uid, null, windowsIdentity(7), null, uid, windowsIdentity(8)];
      expect(await store.duplicatesAmong(TENANT, identities, NOON)).toEqual([false, false, false, true, false, true, false]);
      const old = NOON - 20 * DAY_MS;
      await store.append(TENANT, chunk([batch([record(0, '{}', { identity: windowsIdentity(7) })], { received_at: old })]));
      await store.append(
        TENANT,
        chunk([batch([record(0, '{}', { identity: uid }), record(1, '{}', { identity: windowsIdentity(5_000) })])]),
      );
      const asked = [windowsIdentity(7), windowsIdentity(8), uid, windowsIdentity(7, 'windows|ws-2|security'), windowsIdentity(5_000)];
      for (const open of [async () => store, () => under.reopen()]) {
        const current = await open();
        expect(await current.duplicatesAmong(TENANT, asked, NOON)).toEqual([true, false, true, false, true]);
        expect(await current.duplicatesAmong(OTHER, asked, NOON)).toEqual([false, false, false, false, false]);
      }
    });

    it('R47 looks back 90 days for duplicates where that is five months of arrival', async () => {
      for (const day of ['2026-01-31T12:00', '2026-02-10', '2026-03-10', '2026-04-10']) {
        const received_at = Date.parse(`${day}${day.includes('T') ? 'Z' : 'T00:00Z'}`);
        const identity = windowsIdentity(received_at);
        await store.append(TENANT, chunk([batch([record(0, '{}', { identity })], { received_at })]));
      }
      const asked = [windowsIdentity(Date.parse('2026-01-31T12:00Z'))];
      expect(await store.duplicatesAmong(TENANT, asked, Date.parse('2026-05-01T00:00Z'))).toEqual([true]);
    });

    it('does not mistake identities that look alike', async () => {
      const stored = [
        { stream: 's', key: '00000000000000000001' },
        { stream: 's', key: 'a' },
        { stream: 's', key: 'x\'"\\' },
      ];
      const others = [
        { stream: 's', key: '1' },
        { stream: 's', key: '99999999999999999999' },
        { stream: 's', key: 'A' },
        { stream: 't', key: 'a' },
        { stream: 's', key: 'a\u0000b' },
        { stream: 's', key: '00000000000000001025' },
      ];
      await store.append(TENANT, chunk([batch(stored.map((identity, index) => record(index, '{}', { identity })))]));
      expect(await store.duplicatesAmong(TENANT, others, NOON)).toEqual(others.map(() => false));
      expect(await store.duplicatesAmong(TENANT, stored, NOON)).toEqual([true, true, true]);
    });

    it('keeps detections until they are settled', async () => {
      const one = batch([record(0, '{}')], { detections: [detection(0)], correlation_id: 'req-x' });
      const two = batch([record(0, '{}')], { detections: [detection(0), detection(0, 'rule-2')] });
      await store.append(TENANT, chunk([one, two, batch([record(0, '{}')])]));
      const pending = await (await under.reopen()).pending(TENANT);
      expect(pending.map(({ batch_id }) => batch_id).sort()).toEqual([one.batch_id, two.batch_id].sort());
      expect(pending.find(({ batch_id }) => batch_id === one.batch_id)).toEqual({
        batch_id: one.batch_id,
        received_at: new Date(NOON).toISOString(),
        correlation_id: 'req-x',
        detections: [detection(0)],
        poison: [],
      });
      const again = await under.reopen();
      await again.append(TENANT, chunk([batch([])], { settled: [{ batch_id: one.batch_id, alerts: 1 }] }));
      expect((await again.pending(TENANT)).map(({ batch_id }) => batch_id)).toEqual([two.batch_id]);
      await again.settle(TENANT, [{ batch_id: two.batch_id, alerts: 2 }]);
      expect(await again.pending(TENANT)).toEqual([]);
    });

    it('knows identities and answers of a later month too, where the clock was set back over its beginning', async () => {
      const later = Date.parse('2026-12-01T00:10:00Z');
      const before = Date.parse('2026-11-30T23:10:00Z');
      const one = batch([record(0, '{}', { identity: windowsIdentity(7) })], {
        received_at: later,
        idempotency: { key: 'k1', digest: 'd1' },
      });
      await store.append(TENANT, chunk([one]));
      for (const open of [async () => store, () => under.reopen()]) {
        const current = await open();
        expect(await current.duplicatesAmong(TENANT, [windowsIdentity(7), windowsIdentity(8)], before)).toEqual([true, false]);
        expect(await current.answerTo(TENANT, 'k1', before)).toEqual({ digest: 'd1', answer: one.answer });
      }
    });

    it('keeps answers for 24 hours, with the number of alerts corrected', async () => {
      const idempotency = { key: 'k1', digest: 'd1' };
      const one = batch([record(0, '{}')], { idempotency, detections: [detection(0)] });
      await store.append(TENANT, chunk([one]));
      expect(await store.answerTo(TENANT, 'k1', NOON + DAY_MS)).toEqual({ digest: 'd1', answer: one.answer });
      expect(await store.answerTo(TENANT, 'k1', NOON + DAY_MS + 1)).toBeUndefined();
      expect(await store.answerTo(TENANT, 'k2', NOON)).toBeUndefined();
      expect(await store.answerTo(OTHER, 'k1', NOON)).toBeUndefined();
      await store.settle(TENANT, [{ batch_id: one.batch_id, alerts: 5 }]);
      expect((await (await under.reopen()).answerTo(TENANT, 'k1', NOON))?.answer.alerts_raised).toBe(5);
    });

    it('hands out what was not inspected, with its records, until it is', async () => {
      const one = batch([record(1, '{"n":1}'), record(2, '{"n":2}')], { inspected: false });
      await store.append(TENANT, chunk([batch([record(0, '{"n":0}')]), one]));
      const [waiting, ...others] = await (await under.reopen()).uninspected(TENANT);
      expect(others).toEqual([]);
      expect(waiting?.batch_id).toBe(one.batch_id);
      expect(waiting?.records.map(({ index, raw }) => [index, raw])).toEqual([
        [1, '{"n":1}'],
        [2, '{"n":2}'],
      ]);
      const again = await under.reopen();
      await again.inspected(TENANT, one.batch_id, [detection(2)]);
      await again.inspected(TENANT, one.batch_id, [detection(1)]);
      expect(await again.uninspected(TENANT)).toEqual([]);
      expect((await again.pending(TENANT)).map(({ detections }) => detections)).toEqual([[detection(2)]]);
      expect(await again.find(TENANT, eventIdOf(one.batch_id, 2))).toMatchObject({ rules: ['rule-1'] });
      expect(await rawOf(again, TENANT, { ...ALL, terms: ['rule:rule-1'] })).toHaveLength(3);
    });

    it('gives back what was learned and what arrived after it', async () => {
      const later = async (current: EventStore): Promise<string[]> => {
        const ids: string[] = [];
        for await (const { batch_id } of (await current.learned(TENANT)).later) ids.push(batch_id);
        return ids;
      };
      const february = batch([record(0, '{}')], { received_at: NOON - 20 * DAY_MS });
      const [first, second, third] = [batch([record(0, '{}')]), batch([record(0, '{}')]), batch([record(0, '{}')])] as const;
      await store.append(TENANT, chunk([february]));
      await store.append(TENANT, chunk([first]));
      expect(await later(store)).toEqual([february.batch_id, first.batch_id]);
      await store.append(TENANT, chunk([second], { learned: Buffer.from('state') }));
      await store.append(TENANT, chunk([third, batch([record(0, '{}')], { inspected: false })]));
      const again = await under.reopen();
      expect(Buffer.from((await again.learned(TENANT)).state ?? []).toString()).toBe('state');
      expect(await later(again)).toEqual([third.batch_id]);
      await again.keepLearned(TENANT, null);
      expect((await again.learned(TENANT)).state).toBeNull();
      expect(await later(again)).toEqual([]);
    });

    it('counts what became of events, hour by hour', async () => {
      const hour = Math.floor(NOON / 3_600_000) * 3_600_000;
      const full = batch([record(0, '{}'), record(1, '{}')]);
      const rejected = [
        { index: 2, code: 'not_an_object' as const, detail: '' },
        { index: 3, code: 'not_an_object' as const, detail: '' },
      ];
      await store.append(TENANT, chunk([{ ...full, answer: { ...full.answer, received: 5, duplicates: 1, rejected } }]));
      await store.append(TENANT, chunk([batch([record(0, '{}')], { received_at: NOON + 3_600_000 })]));
      await store.addShed(TENANT, NOON, 'rate_limited', 7);
      const counted = { hour, received: 12, stored: 2, duplicates: 1, rejected: { not_an_object: 2 }, shed: { rate_limited: 7 } };
      const next = { hour: hour + 3_600_000, received: 1, stored: 1, duplicates: 0, rejected: {}, shed: {} };
      const again = await under.reopen();
      expect(await again.counts(TENANT, hour, hour + 7_200_000)).toEqual([counted, next]);
      expect(await again.counts(TENANT, hour + 1, hour + 7_200_000)).toEqual([next]);
      expect(await again.counts(OTHER, 0, NOON * 2)).toEqual([]);
    });

    it('counts anew what is stored, and differs from what was counted where something is gone', async () => {
      const hour = Math.floor(NOON / 3_600_000) * 3_600_000;
      const full = batch([record(0, '{}'), record(1, '{}')]);
      await store.append(TENANT, chunk([{ ...full, answer: { ...full.answer, received: 3, duplicates: 1 } }]));
      await store.append(TENANT, chunk([batch([record(0, '{}')], { received_at: hour + 3_600_000 })]));
      await store.append(TENANT, chunk([batch([record(0, '{}')], { received_at: hour + 3_599_999 })]));
      const again = await under.reopen();
      const counts = await again.counts(TENANT, 0, NOON * 2);
      expect(counts.map(({ stored }) => stored)).toEqual([3, 1]);
      expect(await again.recount(TENANT, 0, NOON * 2)).toEqual(counts);
      expect(await again.recount(OTHER, 0, NOON * 2)).toEqual([]);
    });

    it('DUR-09 keeps which events of a batch cannot be inspected until that is settled', async () => {
      const [quiet, found] = [0, 1].map(() => batch([record(0, '{}'), record(1, '{}')], { inspected: false }));
      if (!quiet || !found) throw new Error('there are two');
      await store.append(TENANT, chunk([quiet, found]));
      const poison = [{ index: 1, reason: 'cannot', attempts: 3 }];
      await store.inspected(TENANT, quiet.batch_id, [], poison);
      await store.inspected(TENANT, found.batch_id, [detection(0)], poison);
      const again = await under.reopen();
      const pending = await again.pending(TENANT);
      expect(Object.fromEntries(pending.map((of) => [of.batch_id, [of.detections.length, of.poison]]))).toEqual({
        [quiet.batch_id]: [0, poison],
        [found.batch_id]: [1, poison],
      });
      expect(await again.uninspected(TENANT)).toEqual([]);
      await again.settle(
        TENANT,
        [quiet, found].map(({ batch_id }) => ({ batch_id, alerts: 0 })),
      );
      expect(await again.pending(TENANT)).toEqual([]);
    });

    it('tells what became of a batch, of which all, some or none was stored', async () => {
      const whole = batch([record(0, '{}'), record(1, '{}')]);
      const some = batch([record(1, '{}')], { inspected: false, correlation_id: 'req-2' });
      const none = batch([]);
      const rejected = [0, 1].map((index) => ({ index, code: 'not_an_object' as const, detail: '' }));
      await store.append(
        TENANT,
        chunk([
          { ...whole, detections: [detection(0)] },
          { ...some, answer: { ...some.answer, received: 4, duplicates: 1, rejected } },
          { ...none, answer: { ...none.answer, received: 2, duplicates: 2 } },
        ]),
      );
      const again = await under.reopen();
      const common = { received_at: NOON, correlation_id: 'req-1', duplicates: 0, rejected: {}, inspected: true, alerts_pending: false };
      const of = (id: string, more: object): object => ({ ...common, batch_id: id, ...more });
      expect(await again.receiptOf(TENANT, whole.batch_id)).toEqual(of(whole.batch_id, { received: 2, accepted: 2, alerts_pending: true }));
      expect(await again.receiptOf(TENANT, some.batch_id)).toEqual(
        of(some.batch_id, {
          correlation_id: 'req-2',
          received: 4,
          accepted: 1,
          duplicates: 1,
          rejected: { not_an_object: 2 },
          inspected: false,
        }),
      );
      expect(await again.receiptOf(TENANT, none.batch_id)).toEqual(of(none.batch_id, { received: 2, accepted: 0, duplicates: 2 }));
      expect(await again.receiptOf(TENANT, batch([]).batch_id)).toBeUndefined();
      expect(await again.receiptOf(OTHER, whole.batch_id)).toBeUndefined();
      await again.settle(TENANT, [{ batch_id: whole.batch_id, alerts: 1 }]);
      expect((await again.receiptOf(TENANT, whole.batch_id))?.alerts_pending).toBe(false);
    });

    it('stores nothing of a chunk that cannot be stored whole', async () => {
      const one = batch([record(0, '{"n":1}', { identity: windowsIdentity(1) })]);
      await store.append(TENANT, chunk([one]));
      const bad = chunk([batch([record(0, '{"n":2}', { identity: windowsIdentity(2) })]), one]);
      await expect(store.append(TENANT, bad)).rejects.toThrow();
      expect(await rawOf(store, TENANT)).toEqual(['{"n":1}']);
      expect(await store.duplicatesAmong(TENANT, [windowsIdentity(1), windowsIdentity(2)], NOON)).toEqual([true, false]);
      await store.append(TENANT, chunk([batch([record(0, '{"n":3}')])]));
      expect(await rawOf(await under.reopen(), TENANT)).toEqual(['{"n":3}', '{"n":1}']);
    });

    it('knows which tenants have something', async () => {
      expect(await store.exists(TENANT)).toBe(false);
      await store.append(TENANT, chunk([batch([record(0, '{}')])]));
      expect(await store.exists(TENANT)).toBe(true);
      await store.release(TENANT);
      expect(await rawOf(store, TENANT)).toEqual(['{}']);
    });
  });

  it(`event store: ${name} agrees with a model over any sequence of writes and reopenings`, async () => {
    const append = fc.record({
      kind: fc.constant('append' as const),
      numbers: fc.array(fc.nat(3_000), { maxLength: 12 }),
      month: fc.nat(3),
      term: fc.nat(3),
    });
    const step = fc.oneof({ weight: 8, arbitrary: append }, { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const) }) });
    const appended = (month: number, ...numbers: number[]) => ({ kind: 'append' as const, numbers, month, term: 0 });
    /** From seed 1375099837: the same event again after 100 days, over more files than are looked into. */
    const pastLookBack = [appended(0, 550), ...[2, 1, 2, 2, 2, 3].map((month) => appended(month)), appended(0, 550)];
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const under = await make();
        try {
          let { store } = under;
          const known = new Map<number, number>();
          const model: { id: string; raw: string; term: string; at: number }[] = [];
          let at = Date.parse('2026-01-05T00:00:00Z');
          for (const next of steps) {
            if (next.kind === 'reopen') {
              store = await under.reopen();
              continue;
            }
            at += next.month * 10 * DAY_MS + 1;
            const flags = await store.duplicatesAmong(
              TENANT,
              next.numbers.map((number) => windowsIdentity(number)),
              at,
            );
            const seen = new Set<number>();
            for (const [index, number] of next.numbers.entries()) {
              const storedAt = known.get(number) ?? Number.NEGATIVE_INFINITY;
              const may = known.has(number) || seen.has(number);
              const must = at - storedAt <= LOOK_BACK_MS || seen.has(number);
              seen.add(number);
              if (may === must) expect([number, flags[index]]).toEqual([number, must]);
            }
            const records = next.numbers.flatMap((number, index) =>
              flags[index] ? [] : [record(index, JSON.stringify({ number, at }), { identity: windowsIdentity(number), time: at })],
            );
            const one = batch(records, { received_at: at });
            const term = `host:${next.term}`;
            await store.append(TENANT, chunk([one], { terms: new Set([term]) }));
            for (const [index, number] of next.numbers.entries()) if (flags[index] === false) known.set(number, at);
            for (const { index, bytes } of records)
              model.push({ id: eventIdOf(one.batch_id, index), raw: Buffer.from(bytes).toString(), term, at });
          }
          for (const { id, raw } of model) expect((await store.find(TENANT, id))?.raw).toBe(raw);
          expect(await rawOf(store, TENANT)).toEqual(model.map(({ raw }) => raw).reverse());
          const some = model.filter(({ term }) => term === 'host:1').map(({ raw }) => raw);
          expect(await rawOf(store, TENANT, { ...ALL, terms: ['host:1'] })).toEqual(some.reverse());
          const counts = await store.counts(TENANT, 0, at + DAY_MS);
          expect(counts.reduce((sum, { stored }) => sum + stored, 0)).toBe(model.length);
        } finally {
          await under.dispose();
        }
      }),
      { numRuns: 40, examples: [[pastLookBack]] },
    );
  });
}
