import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toTenantId } from '../../contracts/tenant.js';
import { PLATFORM_LOG } from '../audit/audit-log.js';
import { SqliteAuditLog } from '../audit/sqlite-audit-log.js';
import { SystemClock } from '../clock/system-clock.js';
import { platformMigrations } from '../platform-migrations.js';
import { SqlitePlatformDatabase } from '../storage/sqlite-platform-database.js';
import type { PlatformDatabase } from '../storage/platform-database.js';
import { SqliteThread } from '../storage/sqlite-thread.js';
import { SqliteTenantDatabases } from '../storage/sqlite-tenant-databases.js';
import { RetiredTenants } from '../tenancy/retired-tenants.js';
import { SecretKeyEncryption } from './secret-key-encryption.js';
import { SqliteTenantKeyStore } from './sqlite-tenant-key-store.js';
import { TenantKeys } from './tenant-keys.js';

const ACME = toTenantId('acme-corp');
const GLOBEX = toTenantId('globex');
const DEED = { actor: { type: 'person', id: 'admin@platform' }, correlation_id: 'req-1', source_ip: '127.0.0.1' } as const;
const secret = (): Buffer => Buffer.from(randomBytes(48).toString('hex'));

describe("tenants' keys", () => {
  const clock = new SystemClock();
  let dataDir: string;
  let thread: SqliteThread;
  let database: PlatformDatabase;
  let store: SqliteTenantKeyStore;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'gatra-keys-'));
    thread = new SqliteThread();
    database = new SqlitePlatformDatabase(thread, dataDir, platformMigrations);
    store = new SqliteTenantKeyStore(database);
  });
  afterEach(async () => {
    await database.close();
    await thread.end();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const keysWith = (...secrets: Buffer[]): TenantKeys =>
    new TenantKeys(store, secrets.length > 0 ? new SecretKeyEncryption(secrets) : null, clock, new RetiredTenants());
  const bytesOnDisk = (): Buffer => Buffer.concat(readdirSync(dataDir).map((name) => readFileSync(join(dataDir, name))));
  const audited = async (): Promise<string[]> => {
    const log = new SqliteAuditLog(new SqliteTenantDatabases(thread, dataDir, {}), database, clock);
    return (await log.list(PLATFORM_LOG, { limit: 50 })).map(({ action }) => action);
  };

  it('R18 each tenant has keys of its own, the same after a restart, and none of them is stored in clear', async () => {
    const kek = secret();
    const [acme, globex] = [await keysWith(kek).of(ACME), await keysWith(kek).of(GLOBEX)];
    expect(acme?.data[0]?.key).not.toEqual(globex?.data[0]?.key);
    expect(await keysWith(kek).of(ACME)).toEqual(acme);
    const disk = bytesOnDisk();
    for (const key of [acme?.data[0]?.key, acme?.index, kek]) expect(disk.includes(Buffer.from(key ?? '?'))).toBe(false);
    expect(await audited()).toEqual(['data_key.created', 'data_key.created']);
  });

  it('R18 two that make the first keys at once agree on them', async () => {
    const kek = secret();
    const made = await Promise.all(Array.from({ length: 8 }, () => keysWith(kek).of(ACME)));
    for (const keys of made) expect(keys).toEqual(made[0]);
  });

  it('R18 a changed data key keeps the older ones and the index key, and says so to whoever holds them', async () => {
    const keys = keysWith(secret());
    const before = await keys.of(ACME);
    const changed: string[] = [];
    keys.onChange((tenant) => changed.push(tenant));
    expect(await keys.rotate(ACME, DEED)).toBe(2);
    const after = await keys.of(ACME);
    expect(after?.data.map(({ number }) => number)).toEqual([1, 2]);
    expect(after?.data[0]).toEqual(before?.data[0]);
    expect(after?.index).toEqual(before?.index);
    expect(changed).toEqual([ACME]);
  });

  it('R18 a new data key decrypts everywhere before it encrypts anywhere, also in processes that did not make it', async () => {
    const kek = secret();
    const time = new (class extends SystemClock {
      at = Date.parse('2026-03-10T12:00:00Z');
      override now(): number {
        return this.at;
      }
    })();
    const [one, other] = [0, 1].map(() => new TenantKeys(store, new SecretKeyEncryption([kek]), time, new RetiredTenants())) as [
      TenantKeys,
      TenantKeys,
    ];
    await one.of(ACME);
    await other.of(ACME);
    time.at += 60_000;
    expect(await one.rotate(ACME, DEED)).toBe(2);
    await other.refresh();
    for (const keys of [await one.of(ACME), await other.of(ACME)]) {
      expect(keys?.data.map(({ number }) => number)).toEqual([1, 2]);
      expect(keys?.sealing).toBe(1);
    }
    time.at += 5_000;
    for (const keys of [one, other]) {
      await keys.refresh();
      expect((await keys.of(ACME))?.sealing).toBe(2);
    }
    expect(await other.rotate(ACME, DEED)).toBe(3);
    expect(await one.rotate(ACME, DEED)).toBe(4);
  });

  it('R18 keys that are fetched while their tenant is retired are not handed out', async () => {
    const retired = new RetiredTenants();
    const keys = new TenantKeys(store, new SecretKeyEncryption([secret()]), clock, retired);
    const fetched = keys.of(ACME);
    retired.add(ACME);
    await expect(fetched).rejects.toThrow('is being deleted');
  });

  it('R66 the key-encryption key is changed: new beside old, wrapped anew, old given up; nothing is lost', async () => {
    const [old, next] = [secret(), secret()];
    const before = await keysWith(old).of(ACME);
    expect(await keysWith(next).missing()).toHaveLength(1);
    await expect(keysWith(next).of(ACME)).rejects.toThrow('is not at hand');
    expect(await keysWith(next, old).rewrap(DEED)).toBe(2);
    expect(await keysWith(next, old).rewrap(DEED)).toBe(0);
    expect(await keysWith(next).missing()).toEqual([]);
    expect(await keysWith(next).of(ACME)).toEqual(before);
    await expect(keysWith(old).of(ACME)).rejects.toThrow('is not at hand');
    expect(await audited()).toEqual(['data_key.created', 'data_keys.rewrapped', 'data_keys.rewrapped']);
  });

  it('R18 destroyed keys are gone from memory and from every byte of the database', async () => {
    const keys = keysWith(secret());
    const held = await keys.of(ACME);
    const stored = await store.list(ACME);
    for (const { wrapped } of stored) expect(bytesOnDisk().includes(Buffer.from(wrapped))).toBe(true);
    expect(await keys.destroy(ACME)).toBe(2);
    expect(held?.data[0]?.key.every((byte) => byte === 0)).toBe(true);
    for (const { wrapped } of stored) expect(bytesOnDisk().includes(Buffer.from(wrapped))).toBe(false);
  });

  it('R18 a wrapped key of another tenant, purpose or number is refused', async () => {
    const kek = secret();
    await keysWith(kek).of(ACME);
    await keysWith(kek).of(GLOBEX);
    const db = await database.get<{ tenant_key: { tenant_id: string; wrapped: Uint8Array } }>();
    const [acme] = await store.list(ACME);
    await db
      .updateTable('tenant_key')
      .set({ wrapped: acme?.wrapped ?? Buffer.alloc(0) })
      .where('tenant_id', '=', GLOBEX)
      .execute();
    await expect(keysWith(kek).of(GLOBEX)).rejects.toThrow();
  });

  it('R18 without a key-encryption key there are no keys, and stored ones are missed', async () => {
    expect(await keysWith().of(ACME)).toBeNull();
    expect(await keysWith().rotate(ACME, DEED)).toBeUndefined();
    await keysWith(secret()).of(ACME);
    expect(await keysWith().missing()).toHaveLength(1);
  });
});
