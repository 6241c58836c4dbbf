import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { ClsServiceManager } from 'nestjs-cls';
import { FakeHolders } from '../../../test/support/fake-holders.js';
import { toTenantId, type TenantId } from '../../contracts/tenant.js';
import { SystemClock } from '../clock/system-clock.js';
import { Metrics } from '../observability/metrics.js';
import { SqliteThread } from '../storage/sqlite-thread.js';
import { SqliteTenantDatabases } from '../storage/sqlite-tenant-databases.js';
import { NoTracing } from '../observability/tracing/no-tracing.js';
import type { RequestContext } from '../tenancy/request-context.js';
import type { TenantDirectory } from '../tenancy/tenant-directory.js';
import { enqueueWork } from './enqueue-work.js';
import { WorkHandler } from './work-item.js';
import { workMigrations } from './work-migrations.js';
import { WorkBatches } from './work-batches.js';
import { WorkContext } from './work-context.js';
import { WorkRunner } from './work-runner.js';
import { WorkStore } from './work-store.js';
import type { WorkTables } from './work-tables.js';

const VICTIM = toTenantId('victim');
const BATCH_MS = 20;

/** Takes its time over a batch, without leaving the thread to others as real work does not either. */
class Busy extends WorkHandler {
  readonly kind = 'busy';
  override readonly batchSize = 50;
  readonly batches: TenantId[] = [];

  async handle(tenant: TenantId): Promise<void> {
    this.batches.push(tenant);
    await sleep(BATCH_MS);
  }
}

class Slow extends WorkHandler {
  readonly kind = 'outside';
  override readonly waitsOutside = true;
  readonly begun: TenantId[] = [];
  release: () => void = () => undefined;
  private readonly held = new Promise<void>((resolve) => (this.release = resolve));

  async handle(tenant: TenantId): Promise<void> {
    this.begun.push(tenant);
    await this.held;
  }
}

/** Long work, an item a turn, that can be held. */
class Long extends WorkHandler {
  readonly kind = 'long';
  override readonly isBackground = true;
  readonly begun: TenantId[] = [];
  gate = Promise.resolve();
  atOnce = 0;
  most = 0;

  async handle(tenant: TenantId): Promise<void> {
    this.begun.push(tenant);
    this.most = Math.max(this.most, ++this.atOnce);
    await this.gate;
    await sleep(BATCH_MS);
    this.atOnce -= 1;
  }
}

describe('background work of many tenants', () => {
  const directory = mkdtempSync(join(tmpdir(), 'gatra-fair-'));
  const thread = new SqliteThread();
  const databases = new SqliteTenantDatabases(thread, directory, workMigrations);
  const tenants = { list: async () => [], find: async () => ({ status: 'active' }) } as unknown as TenantDirectory;
  const clock = new SystemClock();
  let runner: WorkRunner;
  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => {
    const context = new WorkContext(ClsServiceManager.getClsService<RequestContext>(), new NoTracing());
    const store = new WorkStore(databases);
    runner = new WorkRunner(
      store,
      tenants,
      clock,
      new WorkBatches({ store, holders: new FakeHolders(), clock, metrics: new Metrics(), context }),
    );
  });
  afterAll(async () => {
    await databases.closeAll();
    await thread.end();
    rmSync(directory, { recursive: true, force: true });
  });

  async function enqueue(tenant: TenantId, kind: string, count: number): Promise<void> {
    const db = await databases.of<WorkTables>(tenant);
    const items = Array.from({ length: count }, (_, at) => ({ kind, key: `${clock.now()}-${at}`, payload: {}, correlation_id: 'req-1' }));
    await db.transaction().execute((trx) => enqueueWork(trx, items, clock.now()));
  }

  it('TEN-12 a victim’s item waits for a bounded number of batches, however long the backlogs of others are', async () => {
    const handler = new Busy();
    runner.register(handler);
    const aggressors = Array.from({ length: 8 }, (_, at) => toTenantId(`aggressor-${at}`));
    for (const aggressor of aggressors) await enqueue(aggressor, 'busy', 2_000);
    for (const aggressor of aggressors) runner.wake(aggressor);
    while (handler.batches.length < 20) await sleep(10);
    const waits: number[] = [];
    for (let item = 0; item < 8; item += 1) {
      await enqueue(VICTIM, 'busy', 1);
      const before = handler.batches.length;
      runner.wake(VICTIM);
      while (!handler.batches.slice(before).includes(VICTIM)) await sleep(1);
      waits.push(handler.batches.slice(before).indexOf(VICTIM));
      await runner.idle(VICTIM);
    }
    // A round: each of eight others uses 50 ms of credit in batches of 20 ms, and one may be under way in each of four places.
    expect(Math.max(...waits)).toBeLessThanOrEqual(8 * 3 + 4);
    const shares = aggressors.map((aggressor) => handler.batches.filter((tenant) => tenant === aggressor).length);
    expect(Math.min(...shares)).toBeGreaterThan(0);
    expect(Math.max(...shares)).toBeLessThanOrEqual(2 * Math.min(...shares) + 4);
    await runner.beforeApplicationShutdown();
  }, 20_000);

  it('TEN-12 work that waits for a slow receiver holds up neither its tenant’s other work nor other tenants’ receivers', async () => {
    const [busy, slow] = [new Busy(), new Slow()];
    runner.register(slow);
    runner.register(busy);
    const slowOne = toTenantId('slow-one');
    await enqueue(slowOne, 'outside', 3);
    runner.wake(slowOne);
    while (slow.begun.length < 1) await sleep(5);
    await enqueue(slowOne, 'busy', 1);
    await enqueue(VICTIM, 'outside', 1);
    runner.wake(slowOne);
    runner.wake(VICTIM);
    while (!busy.batches.includes(slowOne) || !slow.begun.includes(VICTIM)) await sleep(5);
    expect(slow.begun).toEqual([slowOne, VICTIM]);
    slow.release();
    await runner.idle(slowOne);
    expect(slow.begun.filter((tenant) => tenant === slowOne)).toHaveLength(3);
    await runner.beforeApplicationShutdown();
  });

  it('TEN-12 long work holds up no other, and has one turn at a time, of each tenant in turn', async () => {
    const [busy, long] = [new Busy(), new Long()];
    runner.register(long);
    runner.register(busy);
    const { promise, resolve } = Promise.withResolvers<void>();
    long.gate = promise;
    const longOne = toTenantId('long-one');
    await enqueue(longOne, 'long', 20);
    runner.wake(longOne);
    while (long.begun.length < 1) await sleep(5);
    for (const tenant of [longOne, VICTIM]) await enqueue(tenant, 'busy', 1);
    await enqueue(VICTIM, 'long', 1);
    for (const tenant of [longOne, VICTIM]) runner.wake(tenant);
    while (!busy.batches.includes(longOne) || !busy.batches.includes(VICTIM)) await sleep(5);
    expect(long.begun).toEqual([longOne]);
    resolve();
    await runner.idle(VICTIM);
    // A round is 50 ms of credit in turns of 20 ms, and what the first turn took is owed.
    expect(long.begun.indexOf(VICTIM)).toBeLessThanOrEqual(4);
    await runner.idle(longOne);
    expect([long.begun.length, long.most]).toEqual([21, 1]);
    await runner.beforeApplicationShutdown();
  });
});
