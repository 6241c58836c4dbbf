import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { batch, chunk, record, TENANT } from '../../../../test/contract/event-store-fixtures.js';
import { CLOSED, DamagedEvents, LEFT_OPEN } from '../../../../test/support/damaged-events.js';
import { faultsOf, flipped, flippedRecords, tornFiles, tornLogs, type Image } from '../../../../test/support/damaged-images.js';
import { seeded } from '../../../../test/support/seeded.js';
import { tenantDirectoryPath } from '../../../platform/storage/data-directory.js';
import type { EventDamage } from '../domain/event-damage.js';

const CHUNKS = 6;
const WHOLE = CHUNKS * 10;
const LONGEST_MS = 5_000;
const SAMPLED = 12;
const PAGES = 4 * 4_096;
/** Begins what is encrypted; the number of its key follows, in four bytes. */
const SEALED = 'GTR1';

describe.each([false, true])('event files that are not what was written, encrypted: %s', (encrypted) => {
  const seed = Date.now() & 0xffff;
  const random = seeded(seed);
  let events: DamagedEvents;
  beforeAll(async () => void (events = await DamagedEvents.write(CHUNKS, { encrypted })));
  afterAll(() => events.remove());

  const expectSound = async (images: readonly Image[]): Promise<void> => {
    const drawn = Array.from({ length: SAMPLED }, () => images[Math.floor(random() * images.length)]).flatMap((image) => image ?? []);
    expect(drawn).toHaveLength(SAMPLED);
    expect({ seed, faults: await faultsOf(events, drawn, LONGEST_MS) }).toEqual({ seed, faults: [] });
  };

  const lostWith = async (damage: (dataDir: string) => void): Promise<number> => {
    const { found, lost, faults } = await events.after(damage);
    expect({ there: found + lost, faults }).toEqual({ there: events.count, faults: [] });
    return lost;
  };

  it('DUR-05 says nothing where nothing is wrong', async () => {
    expect(await events.after(() => undefined)).toMatchObject({ found: events.count, lost: 0, damages: [], faults: [] });
  });

  it('DUR-05 counts exactly what a log cut off anywhere in its last three transactions has lost', () => expectSound(tornLogs(events, 3)));

  it('DUR-05 counts exactly what a file cut off anywhere in its last pages has lost', () => expectSound(tornFiles(events, PAGES)));

  it('DUR-05 counts exactly what a file cut off within the name of a key has lost', async () => {
    const one = await DamagedEvents.write(CHUNKS, { encrypted, only: CLOSED });
    try {
      const bytes = readFileSync(one.fileOf(CLOSED)).subarray(-PAGES);
      const images = tornFiles(one, PAGES);
      const cut: Image[] = [];
      for (let at = bytes.indexOf(SEALED); at >= 0; at = bytes.indexOf(SEALED, at + 1)) cut.push(...images.slice(at + 4, at + 9));
      expect(cut.length > 0).toBe(encrypted);
      expect(await faultsOf(one, cut, LONGEST_MS)).toEqual([]);
    } finally {
      one.remove();
    }
  });

  it('DUR-05 counts exactly what any flipped bit of two chunks has cost, in a closed file and in a log', async () => {
    await expectSound(flippedRecords(events, CLOSED, 'db'));
    await expectSound(flippedRecords(events, LEFT_OPEN, 'db-wal'));
  });

  it('DUR-05 counts exactly what a flipped bit anywhere has cost, and invents nothing', async () => {
    const { size } = statSync(events.fileOf(CLOSED));
    const version = [60, 61, 62, 63];
    const places = Array.from({ length: SAMPLED * 4 }, () => Math.floor(random() * size)).filter((at) => !version.includes(at));
    await expectSound(places.map((at) => flipped(events, CLOSED, 'db', at, Math.floor(random() * 8))));
  });

  it('DUR-05 a garbled mark costs nothing', async () => {
    const { size } = statSync(events.fileOf(CLOSED, 'mark'));
    await expectSound(Array.from({ length: size * 8 }, (_, bit) => flipped(events, CLOSED, 'mark', bit >> 3, bit & 7)));
    for (const garbage of ['x', '', '       99999999 00000000\n', '\u0000'.repeat(40)]) {
      expect(await lostWith((dataDir) => writeFileSync(events.fileOf(CLOSED, 'mark', dataDir), garbage))).toBe(0);
    }
  });

  it('DUR-05 a file that is gone, empty, garbage or another one costs its own events and no others', async () => {
    for (const month of [CLOSED, LEFT_OPEN]) {
      const withoutLog = (work: (file: string) => void) =>
        lostWith((dataDir) => {
          rmSync(events.fileOf(month, 'db-wal', dataDir), { force: true });
          work(events.fileOf(month, 'db', dataDir));
        });
      expect(await withoutLog((file) => rmSync(file))).toBe(WHOLE);
      expect(await withoutLog((file) => truncateSync(file, 0))).toBe(WHOLE);
      expect(await withoutLog((file) => writeFileSync(file, Buffer.from('not a database. '.repeat(1_000))))).toBe(WHOLE);
    }
    expect(await lostWith((dataDir) => appendFileSync(events.fileOf(CLOSED, 'db', dataDir), Buffer.alloc(5_000, 7)))).toBe(0);
  });

  it("DUR-05 a log that is gone, empty, garbage or another file's costs what was in it alone", async () => {
    const log = (dataDir: string): string => events.fileOf(LEFT_OPEN, 'db-wal', dataDir);
    expect(await lostWith((dataDir) => rmSync(log(dataDir)))).toBe(WHOLE);
    expect(await lostWith((dataDir) => truncateSync(log(dataDir), 0))).toBe(WHOLE);
    expect(await lostWith((dataDir) => writeFileSync(log(dataDir), Buffer.alloc(50_000, 7)))).toBe(WHOLE);
    expect(await lostWith((dataDir) => writeFileSync(events.fileOf(CLOSED, 'db-wal', dataDir), Buffer.alloc(50_000, 7)))).toBe(0);
  });

  it('DUR-05 a copy of a file under the name of another month, or of one that has its own, invents nothing', async () => {
    const copied = await events.after((dataDir) => cpSync(events.fileOf(CLOSED, 'db', dataDir), events.fileOf('2026-01', 'db', dataDir)));
    expect(copied).toMatchObject({ found: events.count, faults: [], damages: [{ month: '2026-01', recovered: 0, lost: null }] });
    const replaced = await events.after((dataDir) => {
      rmSync(events.fileOf(LEFT_OPEN, 'db-wal', dataDir));
      cpSync(events.fileOf(CLOSED, 'db', dataDir), events.fileOf(LEFT_OPEN, 'db', dataDir));
    });
    expect(replaced).toMatchObject({ found: WHOLE, lost: WHOLE, faults: [] });
  });

  it('DUR-05 detections that are not what was written are to be found again', async () => {
    const dataDir = events.copy();
    const tamper = (path: string, sql: string): void => {
      const db = new DatabaseSync(path);
      db.exec(sql);
      db.close();
    };
    tamper(
      events.fileOf(CLOSED, 'db', dataDir),
      'UPDATE outbox SET detections = substr(detections, 1, length(detections) - 8) || char(34) || substr(detections, -7)',
    );
    const damages: EventDamage[] = [];
    const store = events.open(dataDir, (said) => void damages.push(said));
    const waiting = new Set((await store.uninspected(TENANT)).map(({ batch_id: id }) => id));
    const pending = await store.pending(TENANT);
    await store.close();
    expect(damages).toMatchObject([{ month: CLOSED, lost: 0, recovered: WHOLE }]);
    expect(pending.length).toBeGreaterThan(0);
    expect(waiting.size).toBeGreaterThan(0);
    for (const { batch_id: id } of pending) expect(waiting.has(id)).toBe(false);
  });

  it('DUR-05 takes over what is not in chunks: receipts, and events that are to become dead letters', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'gatra-beside-'));
    const store = events.open(dataDir);
    const answer = { ...batch([]).answer, received: 3, accepted: 2, duplicates: 1 };
    const partly = batch([record(0, '{"n":1}'), record(2, '{"n":2}')], { inspected: false, answer });
    const hurt = batch([record(0, '{"n":3}')]);
    for (const one of [partly, hurt]) await store.append(TENANT, chunk([one]));
    await store.inspected(TENANT, partly.batch_id, [], [{ index: 2, reason: 'hangs', attempts: 3 }]);
    const [receipt, pending] = [await store.receiptOf(TENANT, partly.batch_id), await store.pending(TENANT)];
    await store.close();
    const db = new DatabaseSync(events.fileOf(LEFT_OPEN, 'db', dataDir));
    db.exec('UPDATE block SET body = zeroblob(20) WHERE sequence = 2');
    db.close();
    const damages: EventDamage[] = [];
    const again = events.open(dataDir, (said) => void damages.push(said));
    expect(await again.pending(TENANT)).toEqual(pending);
    expect(pending[0]?.poison).toEqual([{ index: 2, reason: 'hangs', attempts: 3 }]);
    expect(await again.receiptOf(TENANT, partly.batch_id)).toEqual(receipt);
    expect(receipt).toMatchObject({ received: 3, duplicates: 1 });
    expect(damages).toMatchObject([{ recovered: 2, lost: 1 }]);
    await again.close();
    rmSync(dataDir, { recursive: true });
  });

  it.each([false, true])(
    'DUR-05 a repair that was cut off after it had committed comes to the same, with learned state: %s',
    async (isLearned) => {
      const dataDir = events.copy();
      const [file, mark] = [events.fileOf(LEFT_OPEN, 'db', dataDir), events.fileOf(LEFT_OPEN, 'mark', dataDir)];
      const db = new DatabaseSync(file);
      db.exec('UPDATE block SET body = zeroblob(20) WHERE sequence = 2');
      if (!isLearned) db.exec('DELETE FROM learned');
      db.close();
      const noted = readFileSync(mark);
      const damages: EventDamage[] = [];
      const repaired = async (): Promise<unknown> => {
        const store = events.open(dataDir, (said) => void damages.push(said));
        const seen = new Map<number, number>();
        for await (const one of store.scan(TENANT, { from: 0, to: Number.MAX_SAFE_INTEGER, terms: [] }, undefined))
          seen.set(one.position.sequence + (one.position.month === LEFT_OPEN ? 1_000 : 0), one.count);
        const state = (await store.learned(TENANT)).state;
        await store.close();
        return { seen, state: state && Buffer.from(state).toString() };
      };
      const first = await repaired();
      const kept = join(tenantDirectoryPath(dataDir, TENANT), damages[0]?.kept ?? '?');
      renameSync(kept, kept.replace('.damaged-', '.repairing-'));
      writeFileSync(mark, noted);
      expect(await repaired()).toEqual(first);
      expect(damages).toMatchObject([{ month: LEFT_OPEN, recovered: WHOLE - 10, lost: 10 }, damages[0]]);
    },
  );

  it('DUR-05 keeps the damaged file under a name of its own', async () => {
    const dataDir = events.copy();
    writeFileSync(events.fileOf(CLOSED, 'db', dataDir), 'garbage');
    const damages: EventDamage[] = [];
    const store = events.open(dataDir, (said) => void damages.push(said));
    await store.pending(TENANT);
    await store.close();
    const [damage] = damages;
    expect(damage).toMatchObject({ month: CLOSED, lost: WHOLE, recovered: 0 });
    const directory = tenantDirectoryPath(dataDir, TENANT);
    expect(existsSync(join(directory, damage?.kept ?? '?'))).toBe(true);
    expect(readFileSync(join(directory, damage?.kept ?? ''), 'utf8')).toBe('garbage');
    expect(readdirSync(directory)).toContain('events-2026-02.db');
  });
});
