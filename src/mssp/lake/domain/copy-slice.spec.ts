import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { batch, chunk, detection, NOON, record, TENANT } from '../../../../test/contract/event-store-fixtures.js';
import { SqliteEventStore } from '../../ingest/adapters/sqlite-event-store.js';
import { isCopied } from './copy-progress.js';
import { readSlice, type CopyPosition } from './copy-slice.js';

const DAY_MS = 86_400_000;

describe('the events that are to be copied', () => {
  let directory: string;
  let store: SqliteEventStore;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'gatra-slices-'));
    store = new SqliteEventStore(directory);
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('are each read once and in order, however they were stored and however they are cut', async () => {
    const sizes = fc.array(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 3 }), { maxLength: 6 });
    const bounds = fc.record({ events: fc.integer({ min: 1, max: 7 }), bytes: fc.integer({ min: 1, max: 60 }) });
    let [next, months, number]: [CopyPosition | null, number, number] = [null, 0, 0];
    await fc.assert(
      fc.asyncProperty(sizes, bounds, fc.boolean(), async (chunks, bound, isNewMonth) => {
        if (isNewMonth) months += 1;
        const expected: string[] = [];
        for (const batches of chunks) {
          const received_at = NOON + months * 31 * DAY_MS + number;
          const written = batches.map((count) => {
            const texts = Array.from({ length: count }, () => `{"n":${number++}}`);
            expected.push(...texts);
            return batch(
              texts.map((text, index) => record(index, text)),
              { received_at, poison: count === 5 ? [{ index: 0, reason: 'hung', attempts: 3 }] : [] },
            );
          });
          await store.append(TENANT, chunk(written));
        }
        const read: string[] = [];
        for (;;) {
          const slice = await readSlice(store, TENANT, next, bound);
          expect(slice.events.length).toBeLessThanOrEqual(bound.events);
          read.push(...slice.events.map(({ raw }) => raw));
          next = slice.next;
          if (slice.isLast) break;
        }
        expect(read).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  });

  it('are waited for until they are inspected, and then have the rules that matched them', async () => {
    const late = batch([record(0, '{"n":1}')], { inspected: false });
    await store.append(TENANT, chunk([late]));
    await store.append(TENANT, chunk([batch([record(0, '{"n":2}')])]));
    const waiting = await readSlice(store, TENANT, null, { events: 10, bytes: 1_000 });
    expect(waiting).toEqual({ events: [], next: null, unreadable: 0, isLast: false });
    await store.inspected(TENANT, late.batch_id, [detection(0, 'rule-9')]);
    const { events, isLast } = await readSlice(store, TENANT, null, { events: 10, bytes: 1_000 });
    expect(events.map(({ raw, rules }) => [raw, rules])).toEqual([
      ['{"n":1}', ['rule-9']],
      ['{"n":2}', []],
    ]);
    expect(isLast).toBe(true);
  });

  it('are read again from the month’s beginning where the store was restored from an earlier time', async () => {
    const kept = mkdtempSync(join(tmpdir(), 'gatra-kept-'));
    const write = (...numbers: number[]): Promise<void> =>
      store.append(TENANT, chunk([batch(numbers.map((n, index) => record(index, `{"n":${n}}`)))]));
    const copied = new Set<string>();
    let next: CopyPosition | null = null;
    const copy = async (): Promise<void> => {
      for (let isLast = false; !isLast;) {
        const slice = await readSlice(store, TENANT, next, { events: 2, bytes: 1_000 });
        for (const { raw } of slice.events) copied.add(raw);
        ({ next, isLast } = slice);
      }
    };
    for (const n of [1, 2]) await write(n);
    await store.close();
    cpSync(directory, kept, { recursive: true });
    store = new SqliteEventStore(directory);
    for (const n of [3, 4, 5, 6]) await write(n);
    await copy();
    await store.close();
    rmSync(directory, { recursive: true });
    cpSync(kept, directory, { recursive: true });
    store = new SqliteEventStore(directory);
    for (const n of [7, 8, 9, 10, 11, 12, 13]) await write(n);
    await copy();
    for (const n of [1, 2, 7, 8, 9, 10, 11, 12, 13]) expect(copied).toContain(`{"n":${n}}`);
    rmSync(kept, { recursive: true, force: true });
  });

  it.each([false, true])(
    'are those too that a month is added to after a later one has begun, where it had some before: %s',
    async (hadSome) => {
      const write = async (received_at: number, ...numbers: number[]): Promise<void> => {
        for (const n of numbers)
          await store.append(TENANT, chunk([batch([record(0, `{"n":${n}}`), record(1, `{"n":${n}.5}`)], { received_at })]));
      };
      const copied: string[] = [];
      let next: CopyPosition | null = null;
      const copy = async (): Promise<void> => {
        for (let isLast = false; !isLast;) {
          const slice = await readSlice(store, TENANT, next, { events: 1, bytes: 1_000 });
          copied.push(...slice.events.map(({ raw }) => raw));
          ({ next, isLast } = slice);
        }
      };
      const eventsOf = (...numbers: number[]): string[] => numbers.flatMap((n) => [`{"n":${n}}`, `{"n":${n}.5}`]);
      const isAllCopied = async (month: string): Promise<boolean> =>
        isCopied(
          { events: next, audit: 0, alerts: null, completeUntil: NOON + 90 * DAY_MS },
          { month, last: await store.lastOf(TENANT, month) },
        );
      if (hadSome) await write(NOON, 1, 2);
      await copy();
      await write(NOON + 31 * DAY_MS, 3);
      await copy();
      copied.splice(0);
      await write(NOON, 4, 5);
      if (hadSome) expect(await isAllCopied('2026-03')).toBe(false);
      await write(NOON + 31 * DAY_MS, 6);
      await copy();
      expect(copied).toEqual(eventsOf(4, 5, 6));
      expect([await isAllCopied('2026-03'), await isAllCopied('2026-04')]).toEqual([true, true]);
      await copy();
      expect(copied).toHaveLength(6);
    },
  );

  it('are not read again of earlier months where nothing says how far those were copied', async () => {
    const write = (received_at: number, n: number): Promise<void> =>
      store.append(TENANT, chunk([batch([record(0, `{"n":${n}}`)], { received_at })]));
    for (const [months, n] of [1, 2, 3].entries()) await write(NOON + months * 31 * DAY_MS, n);
    const { next } = await readSlice(store, TENANT, null, { events: 10, bytes: 1_000 });
    const from = next && { ...next, earlier: null };
    expect(await readSlice(store, TENANT, from, { events: 10, bytes: 1_000 })).toEqual({ events: [], next, unreadable: 0, isLast: true });
    await write(NOON + 31 * DAY_MS, 4);
    const { events } = await readSlice(store, TENANT, next, { events: 10, bytes: 1_000 });
    expect(events.map(({ raw }) => raw)).toEqual(['{"n":4}']);
  });

  it('are none of a tenant that has none, for whom nothing is made', async () => {
    expect(await readSlice(store, TENANT, null, { events: 1, bytes: 1 })).toMatchObject({ events: [], next: null, isLast: true });
    expect(await store.exists(TENANT)).toBe(false);
  });
});
