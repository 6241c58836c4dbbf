import { Logger } from '@nestjs/common';
import { ClsServiceManager } from 'nestjs-cls';
import { eventually } from '../../../test/support/eventually.js';
import { FakeHolders } from '../../../test/support/fake-holders.js';
import { describeOnEngines, type OpenedStores } from '../../../test/support/store-engines.js';
import { toTenantId, type TenantId } from '../../contracts/tenant.js';
import { Clock } from '../clock/clock.js';
import { Metrics } from '../observability/metrics.js';
import type { TenantDatabases } from '../storage/tenant-databases.js';
import { NoTracing } from '../observability/tracing/no-tracing.js';
import type { RequestContext } from '../tenancy/request-context.js';
import type { TenantDirectory } from '../tenancy/tenant-directory.js';
import { enqueueWork } from './enqueue-work.js';
import { WorkHandler, type NewWork, type WorkItem } from './work-item.js';
import { WorkBatches } from './work-batches.js';
import { WorkContext } from './work-context.js';
import { WorkRunner } from './work-runner.js';
import { WorkStore } from './work-store.js';
import type { WorkTables } from './work-tables.js';

const TENANT = toTenantId('acme-corp');

class MovableClock extends Clock {
  time = 1_000_000;
  now(): number {
    return this.time;
  }
}

class Recorder extends WorkHandler {
  readonly kind = 'note';
  override readonly batchSize = 10;
  readonly seen: string[][] = [];
  fails: (item: WorkItem) => boolean = () => false;
  during: () => Promise<void> = async () => undefined;

  async handle(_: unknown, items: readonly WorkItem[]): Promise<void> {
    this.seen.push(items.map((item) => item.key));
    await this.during();
    if (items.some(this.fails)) throw new Error('cannot');
  }
}

describeOnEngines('the work queue', (open) => {
  let stores: OpenedStores;
  let databases: TenantDatabases;
  let status: 'active' | 'suspended';
  let known: { tenant_id: TenantId; status: string }[];
  const tenants = { list: async () => known, find: async () => ({ status }) } as unknown as TenantDirectory;
  let clock: MovableClock;
  let handler: Recorder;
  let runner: WorkRunner;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    stores = await open();
    databases = stores.tenants;
  });
  beforeEach(async () => {
    status = 'active';
    known = [];
    clock = new MovableClock();
    handler = new Recorder();
    const context = new WorkContext(ClsServiceManager.getClsService<RequestContext>(), new NoTracing());
    const store = new WorkStore(databases);
    runner = new WorkRunner(
      store,
      tenants,
      clock,
      new WorkBatches({ store, holders: new FakeHolders(), clock, metrics: new Metrics(), context }),
    );
    runner.register(handler);
    await (await databases.of<WorkTables>(TENANT)).deleteFrom('work_item').execute();
  });
  afterEach(() => runner.beforeApplicationShutdown());
  afterAll(() => stores.close());

  const enqueue = async (...items: Partial<NewWork>[]): Promise<void> => {
    const db = await databases.of<WorkTables>(TENANT);
    const complete = items.map((item) => ({ kind: 'note', key: 'k', payload: {}, correlation_id: 'req-1', ...item }));
    await db.transaction().execute((trx) => enqueueWork(trx, complete, clock.now()));
  };
  const run = async (): Promise<void> => {
    runner.wake(TENANT);
    await runner.idle(TENANT);
  };
  const left = async (): Promise<{ key: string; state: string; attempts: number }[]> =>
    (await databases.of<WorkTables>(TENANT)).selectFrom('work_item').select(['key', 'state', 'attempts']).orderBy('key').execute();

  it('runs what is due in batches, and leaves what is not', async () => {
    await enqueue({ key: 'a' }, { key: 'b' }, { key: 'later', not_before: clock.now() + 1_000 });
    await run();
    expect(handler.seen).toEqual([['a', 'b']]);
    expect(await left()).toEqual([{ key: 'later', state: 'waiting', attempts: 0 }]);
    clock.time += 1_000;
    await run();
    expect(handler.seen[1]).toEqual(['later']);
  });

  it('a key enqueued while it runs, runs once more', async () => {
    let first = true;
    handler.during = async () => {
      if (first) await enqueue({ key: 'a' });
      first = false;
    };
    await enqueue({ key: 'a' });
    await run();
    expect(handler.seen).toEqual([['a'], ['a']]);
    expect(await left()).toEqual([]);
  });

  it.each([1, 8])('a key enqueued while its attempt %d fails, has all its attempts again', async (attempt) => {
    handler.fails = () => true;
    await enqueue({ key: 'a' });
    for (let before = 1; before < attempt; before += 1) {
      await run();
      clock.time += 60_000;
    }
    handler.during = () => enqueue({ key: 'a', payload: { newer: true } });
    await run();
    expect(await left()).toEqual([{ key: 'a', state: 'waiting', attempts: 0 }]);
    handler.during = async () => undefined;
    clock.time += 5_000;
    await run();
    expect(await left()).toEqual([{ key: 'a', state: 'waiting', attempts: 1 }]);
  });

  it('one bad item does not hold up its batch; it is retried with backoff and becomes a dead letter', async () => {
    handler.fails = (item) => item.key === 'bad';
    await enqueue({ key: 'good' }, { key: 'bad' });
    await run();
    expect(await left()).toEqual([{ key: 'bad', state: 'waiting', attempts: 1 }]);
    for (let attempt = 2; attempt <= 8; attempt++) {
      clock.time += 60_000;
      await run();
    }
    expect(await left()).toEqual([{ key: 'bad', state: 'dead', attempts: 8 }]);
    expect(handler.seen.flat().filter((key) => key === 'good')).toHaveLength(2);
  });

  it('a dead letter whose key is enqueued again lives again, with all its attempts', async () => {
    handler.fails = () => true;
    await enqueue({ key: 'a' });
    for (let attempt = 1; attempt <= 8; attempt++) {
      await run();
      clock.time += 60_000;
    }
    expect(await left()).toEqual([{ key: 'a', state: 'dead', attempts: 8 }]);
    await enqueue({ key: 'a' });
    await run();
    expect(await left()).toEqual([{ key: 'a', state: 'waiting', attempts: 1 }]);
    handler.fails = () => false;
    clock.time += 60_000;
    await run();
    expect(await left()).toEqual([]);
  });

  it('of a batch that is done, what was enqueued again while it ran waits and the rest is gone', async () => {
    await enqueue({ key: 'a' }, { key: 'b' });
    const store = new WorkStore(databases);
    const claimed = await store.claim(TENANT, { kind: 'note', limit: 10, holder: 'other/1', failedBefore: false, now: clock.now() });
    await enqueue({ key: 'b' });
    expect(await store.complete(TENANT, claimed, clock.now())).toBe(0);
    expect(await left()).toEqual([{ key: 'b', state: 'waiting', attempts: 0 }]);
    await run();
    expect(handler.seen).toEqual([['b']]);
  });

  it('looks again later where the queue could not be read', async () => {
    const timers = jest.spyOn(globalThis, 'setTimeout');
    const failing = jest.spyOn(WorkStore.prototype, 'claim').mockRejectedValueOnce(new Error('disk'));
    await run();
    expect(timers.mock.calls.map(([, delay]) => delay)).toContain(5_000);
    failing.mockRestore();
    timers.mockRestore();
  });

  it('R06 finds work that another process left, without being woken', async () => {
    known = [{ tenant_id: TENANT, status: 'active' }];
    await enqueue({ key: 'left' });
    await runner.look();
    await eventually(() => expect(handler.seen).toEqual([['left']]));
    await runner.idle(TENANT);
    status = 'suspended';
    known = [{ tenant_id: TENANT, status }];
    await enqueue({ key: 'waits' });
    await runner.look();
    expect(runner.busy()).toEqual(new Set());
  });

  it('R06 finds such work beside a tenant whose queue cannot be read', async () => {
    known = [toTenantId('damaged'), TENANT].map((tenant_id) => ({ tenant_id, status: 'active' }));
    await enqueue({ key: 'left' });
    const failing = jest.spyOn(WorkStore.prototype, 'nextDue').mockRejectedValueOnce(new Error('disk'));
    await runner.look();
    await eventually(() => expect(handler.seen).toEqual([['left']]));
    failing.mockRestore();
  });

  it('nothing runs while the tenant is suspended, and nothing is lost', async () => {
    handler.during = async () => {
      status = 'suspended';
    };
    await enqueue(...Array.from({ length: 15 }, (_, i) => ({ key: `k${i}` })));
    await run();
    expect(handler.seen.flat()).toHaveLength(10);
    await run();
    expect(handler.seen.flat()).toHaveLength(10);
    status = 'active';
    await run();
    expect(handler.seen.flat()).toHaveLength(15);
    expect(await left()).toEqual([]);
  });
});
