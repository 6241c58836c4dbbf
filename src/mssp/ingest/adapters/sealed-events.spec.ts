import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { batch, chunk, detection, NOON, OTHER, record, TENANT } from '../../../../test/contract/event-store-fixtures.js';
import type { TenantKeySet } from '../../../platform/encryption/tenant-key-set.js';
import { tenantDirectoryPath } from '../../../platform/storage/data-directory.js';
import { eventIdOf } from '../domain/event-id.js';
import { EventFile } from './event-file.js';
import { readFileChunk } from './file-chunk.js';
import { MonthSeal } from './month-seal.js';
import { SqliteEventStore } from './sqlite-event-store.js';
import { TenantCiphers } from './tenant-ciphers.js';

const newKeys = (): TenantKeySet => ({ data: [{ number: 1, key: randomBytes(32) }], index: randomBytes(32) });
const SECRET = 'quetzalcoatl';

describe('encrypted event files', () => {
  let dataDir: string;
  let store: SqliteEventStore;
  let keys: Map<typeof TENANT, TenantKeySet>;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'gatra-sealed-'));
    keys = new Map([
      [TENANT, newKeys()],
      [OTHER, newKeys()],
    ]);
    store = open();
  });
  afterEach(async () => {
    await store.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  function open(): SqliteEventStore {
    const ciphers = new TenantCiphers(true);
    for (const [tenant, set] of keys) ciphers.open(tenant, structuredClone(set));
    return new SqliteEventStore(dataDir, ciphers);
  }
  async function reopen(): Promise<void> {
    await store.close();
    store = open();
  }
  const fileOf = (tenant = TENANT): string => join(tenantDirectoryPath(dataDir, tenant), 'events-2026-03.db');
  const bytesOnDisk = (): Buffer => {
    const directory = tenantDirectoryPath(dataDir, TENANT);
    return Buffer.concat(readdirSync(directory).map((name) => readFileSync(join(directory, name))));
  };
  const one = (): ReturnType<typeof batch> =>
    batch([record(0, `{"host":"${SECRET}"}`, { identity: { stream: 'event_id', key: `${SECRET}-1` } })], {
      detections: [{ ...detection(0), reason: `a rule matched ${SECRET}` }],
    });
  const raw = async (tenant: typeof TENANT, batchId: string): Promise<string | undefined> =>
    (await store.find(tenant, eventIdOf(batchId, 0)))?.raw;
  const found = async (term: string): Promise<number> => {
    let chunks = 0;
    for await (const _ of store.scan(TENANT, { from: 0, to: Number.MAX_SAFE_INTEGER, terms: [term] }, undefined)) chunks += 1;
    return chunks;
  };

  it('R18 hold nothing of an event, its terms, its identity or its detections in clear, and find and recognise it', async () => {
    const first = one();
    await store.append(TENANT, chunk([first], { terms: new Set([`host:${SECRET}`]), learned: Buffer.from(`learned ${SECRET}`) }));
    await reopen();
    expect(bytesOnDisk().includes(SECRET)).toBe(false);
    expect(await raw(TENANT, first.batch_id)).toContain(SECRET);
    expect(await found(`host:${SECRET}`)).toBe(1);
    expect(await found('host:other')).toBe(0);
    expect(await store.duplicatesAmong(TENANT, [{ stream: 'event_id', key: `${SECRET}-1` }], NOON)).toEqual([true]);
    expect((await store.pending(TENANT))[0]?.detections[0]?.reason).toContain(SECRET);
    expect(Buffer.from((await store.learned(TENANT)).state ?? []).toString()).toBe(`learned ${SECRET}`);
  });

  it('R18 a clear file holds all of that, so that the test above can fail', async () => {
    await store.close();
    store = new SqliteEventStore(dataDir);
    await store.append(TENANT, chunk([one()], { terms: new Set([`host:${SECRET}`]) }));
    await store.close();
    expect(bytesOnDisk().includes(SECRET)).toBe(true);
  });

  it('R18 what is sealed is bound to its row, its file and its tenant, and to every bit of it', async () => {
    const [a, b] = [one(), one()];
    await store.append(TENANT, chunk([a]));
    await store.append(TENANT, chunk([b]));
    await store.append(OTHER, chunk([a]));
    await store.close();
    const db = new DatabaseSync(fileOf());
    const other = new DatabaseSync(fileOf(OTHER));
    const bodies = db.prepare('SELECT sequence, body FROM block ORDER BY sequence').all() as { sequence: number; body: Uint8Array }[];
    const [first, second] = bodies.map(({ body }) => Buffer.from(body));
    const write = (into: DatabaseSync, sequence: number, body: Uint8Array): void => {
      into.prepare('UPDATE block SET body = ? WHERE sequence = ?').run(body, sequence);
    };
    const refused = (tenant = TENANT): void => {
      const ciphers = new TenantCiphers(true);
      ciphers.open(tenant, structuredClone(keys.get(tenant) as TenantKeySet));
      const file = new EventFile(fileOf(tenant), '2026-03', new MonthSeal(ciphers.of(tenant), `${tenant}\n2026-03`));
      expect(() => readFileChunk(file, 1).check()).toThrow();
      file.close();
    };
    write(db, 1, second ?? Buffer.alloc(0));
    refused();
    write(other, 1, first ?? Buffer.alloc(0));
    refused(OTHER);
    for (const at of [4, 8, 20, (first?.length ?? 0) - 1]) {
      const flipped = Buffer.from(first ?? []);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      write(db, 1, flipped);
      refused();
    }
    write(db, 1, first ?? Buffer.alloc(0));
    db.close();
    other.close();
    store = open();
    expect(await raw(TENANT, a.batch_id)).toContain(SECRET);
  });

  it('R18 what was stored before the data key was changed stays readable, and needs the older key', async () => {
    const [before, after] = [one(), one()];
    await store.append(TENANT, chunk([before]));
    const old = keys.get(TENANT) as TenantKeySet;
    keys.set(TENANT, { ...old, data: [...old.data, { number: 2, key: randomBytes(32) }] });
    await reopen();
    await store.append(TENANT, chunk([after]));
    expect([await raw(TENANT, before.batch_id), await raw(TENANT, after.batch_id)]).toEqual([
      expect.stringContaining(SECRET),
      expect.stringContaining(SECRET),
    ]);
    keys.set(TENANT, { ...old, data: [{ number: 2, key: randomBytes(32) }] });
    await reopen();
    await expect(raw(TENANT, before.batch_id)).rejects.toThrow('the data key 1 is not at hand');
    await expect(raw(TENANT, after.batch_id)).rejects.toThrow();
  });

  it('R18 what was stored before encryption was switched on is found and recognised too', async () => {
    await store.close();
    store = new SqliteEventStore(dataDir);
    const before = one();
    await store.append(TENANT, chunk([before], { terms: new Set([`host:${SECRET}`]) }));
    await reopen();
    const after = batch([record(0, `{"host":"${SECRET}","n":2}`)]);
    await store.append(TENANT, chunk([after], { terms: new Set([`host:${SECRET}`]) }));
    expect(await raw(TENANT, before.batch_id)).toContain(SECRET);
    expect(await found(`host:${SECRET}`)).toBe(2);
    expect(await store.duplicatesAmong(TENANT, [{ stream: 'event_id', key: `${SECRET}-1` }], NOON)).toEqual([true]);
  });

  it('R18 a search that is under way when its tenant is retired opens nothing any more', async () => {
    await store.close();
    const ciphers = new TenantCiphers(true);
    ciphers.open(TENANT, structuredClone(keys.get(TENANT) as TenantKeySet));
    store = new SqliteEventStore(dataDir, ciphers);
    for (let count = 0; count < 3; count += 1) await store.append(TENANT, chunk([batch([record(0, '{}')])]));
    const scan = store.scan(TENANT, { from: 0, to: Number.MAX_SAFE_INTEGER, terms: [] }, undefined)[Symbol.asyncIterator]();
    expect((await scan.next()).value).toMatchObject({ count: 1 });
    ciphers.retire(TENANT);
    await store.release(TENANT);
    await expect(scan.next()).rejects.toThrow('not served here');
  });

  it('R18 a further key encrypts nothing before it is its turn, so that who does not have it yet can read on', async () => {
    const set = keys.get(TENANT) as TenantKeySet;
    keys.set(TENANT, { ...set, data: [...set.data, { number: 2, key: randomBytes(32) }], sealing: 1 });
    await reopen();
    const first = one();
    await store.append(TENANT, chunk([first]));
    keys.set(TENANT, set);
    await reopen();
    expect(await raw(TENANT, first.batch_id)).toContain(SECRET);
  });

  it('R18 nothing is stored in clear where the keys are not at hand, and nothing is read once they were destroyed', async () => {
    const first = one();
    await store.append(TENANT, chunk([first]));
    await store.close();
    const ciphers = new TenantCiphers(true);
    store = new SqliteEventStore(dataDir, ciphers);
    await expect(store.append(TENANT, chunk([one()]))).rejects.toThrow('not served here');
    ciphers.open(TENANT, structuredClone(keys.get(TENANT) as TenantKeySet));
    expect(await raw(TENANT, first.batch_id)).toContain(SECRET);
    ciphers.retire(TENANT);
    await expect(raw(TENANT, first.batch_id)).rejects.toThrow('keys are not at hand');
    await store.release(TENANT);
    await expect(raw(TENANT, first.batch_id)).rejects.toThrow('not served here');
  });
});
