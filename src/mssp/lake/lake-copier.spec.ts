import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { batch, chunk, OTHER, record, TENANT } from '../../../test/contract/event-store-fixtures.js';
import { MemoryLake } from '../../../test/fakes/memory-lake.js';
import { eventually } from '../../../test/support/eventually.js';
import { openSqlite, type OpenedStores } from '../../../test/support/store-engines.js';
import type { Alert } from '../../contracts/alert.js';
import type { TenantId } from '../../contracts/tenant.js';
import { AuditLog } from '../../platform/audit/audit-log.js';
import type { AuditRecord } from '../../platform/audit/audit-record.js';
import { SystemClock } from '../../platform/clock/system-clock.js';
import { Metrics } from '../../platform/observability/metrics.js';
import { Leases } from '../../platform/storage/leases.js';
import type { Tenant } from '../../platform/tenancy/tenant.js';
import { TenantDirectory } from '../../platform/tenancy/tenant-directory.js';
import type { AlertQuery } from '../cases/domain/alert-store.js';
import { SqliteEventStore } from '../ingest/adapters/sqlite-event-store.js';
import { StoredCopyProgress } from './adapters/stored-copy-progress.js';
import { readSlice } from './domain/copy-slice.js';
import { LakeRefused } from './domain/event-lake.js';
import { LakeCopier } from './lake-copier.js';
import { TenantCopy } from './tenant-copy.js';

const HOUR_MS = 3_600_000;
const soon = (expectation: () => unknown): Promise<void> => eventually(expectation, 30_000);

class FakeDirectory extends TenantDirectory {
  override find = async (): Promise<undefined> => undefined;
  override list = async (): Promise<readonly Tenant[]> => [TENANT, OTHER].map((tenant_id) => ({ tenant_id, status: 'active' }) as Tenant);
  override add = async (): Promise<boolean> => false;
  override replace = async (): Promise<boolean> => false;
}

class FakeAudit extends AuditLog {
  readonly records: AuditRecord[] = [];
  override append = async (): Promise<readonly AuditRecord[]> => [];
  override list = async (log: string, { after = 0, limit }: { after?: number; limit: number }): Promise<readonly AuditRecord[]> =>
    this.records.filter(({ tenant_id, index }) => tenant_id === log && index > after).slice(0, limit);
}

/** Alerts of one tenant, by the time of their last change. */
class FakeAlerts {
  readonly stored: Alert[] = [];
  list = async (tenant: TenantId, { after, limit }: AlertQuery): Promise<readonly Alert[]> => {
    const [time, id] = after ?? ['', ''];
    return this.stored
      .filter((alert) => tenant === TENANT && (alert.updated_at > time || (alert.updated_at === time && alert.alert_id > id)))
      .toSorted((a, b) => (a.updated_at + a.alert_id < b.updated_at + b.alert_id ? -1 : 1))
      .slice(0, limit + 1);
  };
  change(id: string, version: number, time: number, more: Partial<Alert> = {}): void {
    const at = this.stored.findIndex(({ alert_id }) => alert_id === id);
    if (at >= 0) this.stored.splice(at, 1);
    this.stored.push({ alert_id: id, version, updated_at: new Date(time).toISOString(), ...more } as Partial<Alert> as Alert);
  }
}

describe('the copier', () => {
  let directory: string;
  let stores: OpenedStores;
  let store: SqliteEventStore;
  let lake: MemoryLake;
  let audit: FakeAudit;
  let alerts: FakeAlerts;
  let copiers: LakeCopier[];
  let written: number;
  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'gatra-copier-'));
    stores = await openSqlite();
    store = new SqliteEventStore(directory);
    [lake, audit, copiers, written] = [new MemoryLake(), new FakeAudit(), [], 0];
    alerts = new FakeAlerts();
  });
  afterEach(async () => {
    for (const copier of copiers) await copier.beforeApplicationShutdown();
    await store.close();
    await stores.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const start = async (): Promise<LakeCopier> => {
    const clock = new SystemClock();
    const progress = new StoredCopyProgress(stores.tenants);
    const pipeline = {
      slice: (tenant: TenantId, from: Parameters<typeof readSlice>[2]) => readSlice(store, tenant, from, { events: 3, bytes: 1e6 }),
    };
    const copy = new TenantCopy({ name: 'memory', lake, pipeline, records: { audit, alerts }, progress, clock });
    const copier = new LakeCopier({
      lake,
      copy,
      directory: new FakeDirectory(),
      leases: new Leases(stores.platform),
      clock,
      metrics: new Metrics(),
    });
    copiers.push(copier);
    await copier.onApplicationBootstrap();
    return copier;
  };
  const storeSome = async (tenant: TenantId, count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1) {
      const records = [0, 1].map((index) => record(index, `{"n":${written++}}`));
      await store.append(tenant, chunk([batch(records, { received_at: Date.now() })]));
    }
  };
  const copied = async (tenant: TenantId): Promise<number> =>
    (await lake.counts(tenant, Date.now() - 24 * HOUR_MS, Date.now() + HOUR_MS)).reduce((sum, { stored }) => sum + stored, 0);

  it('copies what every tenant has, and what comes later, each event once', async () => {
    await storeSome(TENANT, 5);
    await storeSome(OTHER, 2);
    await start();
    await soon(async () => expect([await copied(TENANT), await copied(OTHER)]).toEqual([10, 4]));
    await storeSome(TENANT, 4);
    await soon(async () => expect(await copied(TENANT)).toBe(18));
    expect(lake.written).toBe(22);
  });

  it('R52 copies audit records, each with its chain', async () => {
    const entry = (index: number, hash = `hash-${index}`): AuditRecord =>
      ({ index, tenant_id: TENANT, timestamp: '2026-03-10T12:00:00.000Z', hash }) as Partial<AuditRecord> as AuditRecord;
    audit.records.push(entry(1), entry(2));
    await start();
    await soon(async () => expect((await lake.findRecord(TENANT, 'audit', '2@hash-2'))?.body).toMatchObject({ index: 2, hash: 'hash-2' }));
    audit.records.push(entry(3));
    await soon(async () => expect(await lake.findRecord(TENANT, 'audit', '3@hash-3')).toBeDefined());
    expect(await lake.findRecord(OTHER, 'audit', '1@hash-1')).toBeUndefined();
    // Restored from an earlier time, the log goes on differently.
    audit.records.splice(1, 2, entry(2, 'another'));
    await soon(async () => expect(await lake.findRecord(TENANT, 'audit', '2@another')).toBeDefined());
  });

  it('copies the states of alerts, a change that is stored late too, and more than fit one write', async () => {
    const now = Date.now();
    for (let n = 0; n < 1_200; n += 1) alerts.change(`alert-${String(n).padStart(4, '0')}`, 1, now + n);
    await start();
    await soon(async () => expect(await lake.findRecord(TENANT, 'alert', 'alert-1199@1')).toBeDefined());
    alerts.change('alert-0003', 2, now + 5_000);
    await soon(async () => expect((await lake.findRecord(TENANT, 'alert', 'alert-0003@2'))?.body).toMatchObject({ version: 2 }));
    alerts.change('late', 1, now + 4_000);
    await soon(async () => expect(await lake.findRecord(TENANT, 'alert', 'late@1')).toBeDefined());
    expect(lake.places.get(TENANT)?.records.size).toBe(1_202);
    alerts.change('red', 1, now + 6_000, { title: 'a secret', indicator_tlp: 'red' });
    alerts.change('amber', 1, now + 6_000, { title: 'a secret', indicator_tlp: 'amber' });
    const copied = async (id: string): Promise<unknown> => (await lake.findRecord(TENANT, 'alert', `${id}@1`))?.body;
    await soon(async () => expect(await copied('amber')).toMatchObject({ title: 'a secret' }));
    await soon(async () => expect(await copied('red')).toMatchObject({ title: 'An indicator marked TLP:RED was seen', entities: [] }));
  });

  it('waits while the lake is away, says so, and makes up for it', async () => {
    lake.away = new Error('connection refused');
    await storeSome(TENANT, 5);
    const copier = await start();
    await soon(() => expect(copier.troubles()).toEqual([`${TENANT}: connection refused`, `${OTHER}: connection refused`]));
    lake.away = undefined;
    await soon(async () => expect(await copied(TENANT)).toBe(10));
    await soon(() => expect(copier.troubles()).toEqual([]));
  });

  it('leaves it to whoever copies now to say what stands in the way', async () => {
    lake.away = new Error('connection refused');
    const copier = await start();
    await soon(() => expect(copier.troubles()).toHaveLength(2));
    await stores.platform.get().then((db) =>
      db
        .updateTable('lease' as never)
        .set({ holder: 'another' } as never)
        .execute(),
    );
    await soon(() => expect(copier.troubles()).toEqual([]));
  });

  it('writes again what it does not know to be written, and what it had not noted when it stopped', async () => {
    await storeSome(TENANT, 5);
    lake.lostAnswers = 2;
    const first = await start();
    await soon(async () => expect(await copied(TENANT)).toBe(10));
    expect(lake.written).toBeGreaterThan(10);
    await first.beforeApplicationShutdown();
    await storeSome(TENANT, 1);
    await stores.platform.get().then((db) => db.deleteFrom('lease' as never).execute());
    await start();
    await soon(async () => expect(await copied(TENANT)).toBe(12));
  });

  it('is one at a time', async () => {
    await start();
    await start();
    await storeSome(TENANT, 20);
    await soon(async () => expect(await copied(TENANT)).toBe(40));
    expect(lake.written).toBe(40);
  });

  it('stops the start where the lake can be reached and cannot be used', async () => {
    lake.away = new LakeRefused('the password is wrong');
    await expect(start()).rejects.toThrow('the password is wrong');
  });
});
