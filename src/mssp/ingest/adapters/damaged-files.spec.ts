import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { batch, chunk, NOON, record, TENANT, windowsIdentity } from '../../../../test/contract/event-store-fixtures.js';
import { seeded } from '../../../../test/support/seeded.js';
import { tenantDirectoryPath } from '../../../platform/storage/data-directory.js';
import type { EventDamage } from '../domain/event-damage.js';
import { SqliteEventStore } from './sqlite-event-store.js';

const CHUNKS = 24;
const EVENTS = 10;
const ALL = { from: 0, to: Number.MAX_SAFE_INTEGER, terms: [] };
const MONTHS = ['2026-02', '2026-03'];
const FEBRUARY = Date.parse('2026-02-10T12:00:00Z');
const LONGEST_MS = 5_000;

describe('event files that are not what was written', () => {
  let place: string;
  let template: string;
  let originals: ReadonlyMap<string, string>;

  /** Two months of events, the second one's log not written back into its file: what a killed process leaves. */
  beforeAll(async () => {
    place = mkdtempSync(join(tmpdir(), 'gatra-damaged-'));
    const written = join(place, 'written');
    const store = new SqliteEventStore(written);
    const stored = new Map<string, string>();
    for (const at of [FEBRUARY, NOON]) {
      for (let number = 0; number < CHUNKS; number += 1) {
        const texts = Array.from(
          { length: EVENTS },
          (_, index) => `{"EventID":1,"Computer":"ws-${number}","n":"${at}-${number}-${index}"}`,
        );
        const records = texts.map((text, index) => record(index, text, { identity: windowsIdentity(at + number * EVENTS + index) }));
        const one = batch(records, { received_at: at + number });
        for (const [index, text] of texts.entries()) stored.set(`${one.batch_id}.${index}`, text);
        await store.append(TENANT, chunk([one], { terms: new Set([`host:ws-${number}`]) }));
      }
      if (at === FEBRUARY) await store.release(TENANT);
    }
    originals = stored;
    template = join(place, 'template');
    cpSync(written, template, { recursive: true });
    await store.close();
  });
  afterAll(() => rmSync(place, { recursive: true, force: true }));

  const fileOf = (dataDir: string, month: string, ending = 'db'): string =>
    join(tenantDirectoryPath(dataDir, TENANT), `events-${month}.${ending}`);

  /** Damages a copy, opens it, and answers what is there and what was said to be lost. */
  async function after(
    damage: (dataDir: string) => void,
  ): Promise<{ readonly found: number; readonly lost: number; readonly damages: readonly EventDamage[] }> {
    const dataDir = mkdtempSync(join(place, 'copy-'));
    cpSync(template, dataDir, { recursive: true });
    damage(dataDir);
    const damages: EventDamage[] = [];
    const store = new SqliteEventStore(dataDir, undefined, { onDamage: (_, said) => void damages.push(said) });
    const begun = performance.now();
    await store.pending(TENANT);
    const seen = new Map<string, string>();
    const scan = async (): Promise<void> => {
      seen.clear();
      for await (const scanned of store.scan(TENANT, ALL, undefined)) {
        for (let at = 0; at < scanned.count; at += 1) {
          const { batch_id: id, index, raw } = scanned.record(at);
          expect(seen.has(`${id}.${index}`)).toBe(false);
          seen.set(`${id}.${index}`, raw);
        }
      }
    };
    await scan().catch(scan);
    expect(performance.now() - begun).toBeLessThan(LONGEST_MS);
    for (const [id, raw] of seen) expect([id, raw]).toEqual([id, originals.get(id)]);
    const fresh = batch([record(0, '{"n":"fresh"}')], { received_at: NOON + 1_000 });
    await store.append(TENANT, chunk([fresh]));
    expect((await store.find(TENANT, `${fresh.batch_id}.0`))?.raw).toBe('{"n":"fresh"}');
    await store.close();
    rmSync(dataDir, { recursive: true });
    return { found: seen.size, lost: damages.reduce((sum, { lost }) => sum + (lost ?? Number.NaN), 0), damages };
  }

  const expectExact = async (what: string, damage: (dataDir: string) => void): Promise<number> => {
    const { found, lost } = await after(damage);
    expect([what, found + lost]).toEqual([what, originals.size]);
    return lost;
  };

  it('DUR-05 says nothing where nothing is wrong', async () => {
    expect(await after(() => undefined)).toEqual({ found: originals.size, lost: 0, damages: [] });
  });

  it('DUR-05 counts exactly what a log cut off anywhere in its last three transactions has lost', async () => {
    const size = statSync(fileOf(template, '2026-03', 'db-wal')).size;
    const lengths = Array.from({ length: 40 }, (_, step) => size - 1 - Math.floor((step / 40) * 60_000)).filter((length) => length >= 0);
    const lost: number[] = [];
    for (const length of [...lengths, 0]) {
      lost.push(await expectExact(`log of ${length}`, (dataDir) => truncateSync(fileOf(dataDir, '2026-03', 'db-wal'), length)));
    }
    expect(Math.max(...lost)).toBe(CHUNKS * EVENTS);
    expect(Math.min(...lost)).toBeLessThan(CHUNKS * EVENTS);
  }, 60_000);

  it('DUR-05 counts exactly what flipped bits have cost, and keeps what is readable', async () => {
    const random = seeded(5);
    let [hurt, kept] = [0, 0];
    for (let turn = 0; turn < 60; turn += 1) {
      const { found, lost } = await after((dataDir) => {
        const file = fileOf(dataDir, '2026-02');
        const bytes = readFileSync(file);
        const at = Math.floor(random() * bytes.length);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
        writeFileSync(file, bytes);
      });
      expect([turn, found + lost]).toEqual([turn, originals.size]);
      if (lost > 0) hurt += 1;
      if (lost > 0 && lost < CHUNKS * EVENTS) kept += 1;
    }
    expect(hurt).toBeGreaterThan(0);
    expect(kept).toBeGreaterThan(0);
  }, 60_000);

  it('DUR-05 a file that is gone, empty, garbage or another one costs its own events and no others', async () => {
    const whole = CHUNKS * EVENTS;
    for (const month of MONTHS) {
      const withoutLog = (dataDir: string, work: (file: string) => void): void => {
        rmSync(fileOf(dataDir, month, 'db-wal'), { force: true });
        work(fileOf(dataDir, month));
      };
      expect(await expectExact(`${month} gone`, (dataDir) => withoutLog(dataDir, (file) => rmSync(file)))).toBe(whole);
      expect(await expectExact(`${month} empty`, (dataDir) => withoutLog(dataDir, (file) => truncateSync(file, 0)))).toBe(whole);
      const garbage = Buffer.from('not a database. '.repeat(1_000));
      expect(await expectExact(`${month} garbage`, (dataDir) => withoutLog(dataDir, (file) => writeFileSync(file, garbage)))).toBe(whole);
    }
    expect(await expectExact('longer', (dataDir) => appendFileSync(fileOf(dataDir, '2026-02'), Buffer.alloc(5_000, 7)))).toBe(0);
    expect(await expectExact('a broken mark', (dataDir) => writeFileSync(fileOf(dataDir, '2026-02', 'mark'), 'x'))).toBe(0);
  });

  it('DUR-05 a copy of a file under the name of another month, or of one that has its own, invents nothing', async () => {
    const copied = await after((dataDir) => cpSync(fileOf(dataDir, '2026-02'), fileOf(dataDir, '2026-01')));
    expect(copied.found).toBe(originals.size);
    expect(copied.damages).toMatchObject([{ month: '2026-01', recovered: 0, lost: null }]);
    const replaced = await after((dataDir) => {
      rmSync(fileOf(dataDir, '2026-03', 'db-wal'));
      cpSync(fileOf(dataDir, '2026-02'), fileOf(dataDir, '2026-03'));
    });
    expect([replaced.found, replaced.lost]).toEqual([CHUNKS * EVENTS, CHUNKS * EVENTS]);
  });

  it('DUR-05 takes over what is not in chunks: receipts, and events that are to become dead letters', async () => {
    const dataDir = mkdtempSync(join(place, 'beside-'));
    const store = new SqliteEventStore(dataDir);
    const answer = { ...batch([]).answer, received: 3, accepted: 2, duplicates: 1 };
    const partly = batch([record(0, '{"n":1}'), record(2, '{"n":2}')], { inspected: false, answer });
    const hurt = batch([record(0, '{"n":3}')]);
    for (const one of [partly, hurt]) await store.append(TENANT, chunk([one]));
    await store.inspected(TENANT, partly.batch_id, [], [{ index: 2, reason: 'hangs', attempts: 3 }]);
    const [receipt, pending] = [await store.receiptOf(TENANT, partly.batch_id), await store.pending(TENANT)];
    await store.close();
    const db = new DatabaseSync(fileOf(dataDir, '2026-03'));
    db.exec('UPDATE block SET body = zeroblob(20) WHERE sequence = 2');
    db.close();
    const damages: EventDamage[] = [];
    const again = new SqliteEventStore(dataDir, undefined, { onDamage: (_, said) => void damages.push(said) });
    expect(await again.pending(TENANT)).toEqual(pending);
    expect(pending[0]?.poison).toEqual([{ index: 2, reason: 'hangs', attempts: 3 }]);
    expect(await again.receiptOf(TENANT, partly.batch_id)).toEqual(receipt);
    expect(receipt).toMatchObject({ received: 3, duplicates: 1 });
    expect(damages).toMatchObject([{ recovered: 2, lost: 1 }]);
    await again.close();
  });

  it('DUR-05 keeps the damaged file under a name of its own', async () => {
    const dataDir = mkdtempSync(join(place, 'kept-'));
    cpSync(template, dataDir, { recursive: true });
    writeFileSync(fileOf(dataDir, '2026-02'), 'garbage');
    const damages: EventDamage[] = [];
    const store = new SqliteEventStore(dataDir, undefined, { onDamage: (_, said) => void damages.push(said) });
    await store.pending(TENANT);
    await store.close();
    const [damage] = damages;
    expect(damage).toMatchObject({ month: '2026-02', lost: CHUNKS * EVENTS, recovered: 0 });
    const directory = tenantDirectoryPath(dataDir, TENANT);
    expect(existsSync(join(directory, damage?.kept ?? '?'))).toBe(true);
    expect(readFileSync(join(directory, damage?.kept ?? ''), 'utf8')).toBe('garbage');
    expect(readdirSync(directory)).toContain('events-2026-02.db');
  });
});
