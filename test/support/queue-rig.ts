import { ClsServiceManager } from 'nestjs-cls';
import { toTenantId, type TenantId } from '../../src/contracts/tenant.js';
import type { Stirs } from '../../src/platform/changes/stirs.js';
import { Clock } from '../../src/platform/clock/clock.js';
import { Metrics } from '../../src/platform/observability/metrics.js';
import { NoTracing } from '../../src/platform/observability/tracing/no-tracing.js';
import type { TenantDatabases } from '../../src/platform/storage/tenant-databases.js';
import type { RequestContext } from '../../src/platform/tenancy/request-context.js';
import type { TenantDirectory } from '../../src/platform/tenancy/tenant-directory.js';
import { enqueueWork } from '../../src/platform/work-queue/enqueue-work.js';
import { WorkHandler, type NewWork, type WorkItem } from '../../src/platform/work-queue/work-item.js';
import { WorkBatches } from '../../src/platform/work-queue/work-batches.js';
import { WorkContext } from '../../src/platform/work-queue/work-context.js';
import { WorkRunner } from '../../src/platform/work-queue/work-runner.js';
import { WorkStore } from '../../src/platform/work-queue/work-store.js';
import type { WorkItemRow, WorkTables } from '../../src/platform/work-queue/work-tables.js';
import { FakeHolders } from './fake-holders.js';
import type { OpenedStores } from './store-engines.js';

export const QUEUE_TENANT = toTenantId('acme-corp');

/** A wall clock that a test sets. */
export class SetClock extends Clock {
  time = 1_790_000_000_000;
  now(): number {
    return this.time;
  }
}

/** Notes what it was given, and does to each item what the test says. */
export class ScriptedHandler extends WorkHandler {
  readonly kind: string = 'note';
  override readonly batchSize = 50;
  override readonly timeLimitMs: number;
  readonly done: string[] = [];
  readonly begun: string[] = [];

  constructor(
    private readonly does: (item: WorkItem, tenant: TenantId) => void | Promise<void>,
    timeLimitMs = 30_000,
  ) {
    super();
    this.timeLimitMs = timeLimitMs;
  }

  async handle(tenant: TenantId, items: readonly WorkItem[]): Promise<void> {
    this.begun.push(...items.map(({ key }) => key));
    for (const item of items) await this.does(item, tenant);
    this.done.push(...items.map(({ key }) => key));
  }
}

/** A process's view of queues; several of them share one. */
export interface QueueProcess {
  readonly runner: WorkRunner;
  readonly holders: FakeHolders;
  work(tenant?: TenantId): Promise<void>;
}

/** Queues in a store, with as many processes as a test starts. */
export class QueueRig {
  readonly clock = new SetClock();
  readonly metrics = new Metrics();
  readonly databases: TenantDatabases;
  readonly store: WorkStore;
  private readonly alive = new Set<string>();
  private readonly runners: WorkRunner[] = [];

  /** @param stores of its own, closed with it. */
  constructor(private readonly stores: OpenedStores) {
    this.databases = stores.tenants;
    this.store = new WorkStore(stores.tenants);
  }

  /** @param stirs through which the process hears of others' work, and they of its own. */
  start(handler: WorkHandler, clock: Clock = this.clock, stirs?: Stirs): QueueProcess {
    const tenants = { list: async () => [], find: async () => ({ status: 'active' }) } as unknown as TenantDirectory;
    const holders = new FakeHolders(this.alive);
    const context = new WorkContext(ClsServiceManager.getClsService<RequestContext>(), new NoTracing());
    const runner = new WorkRunner(
      this.store,
      tenants,
      clock,
      new WorkBatches({ store: this.store, holders, clock, metrics: this.metrics, context, stopMs: 50 }),
      (tenant) => stirs?.stirOthers('work', tenant),
    );
    stirs?.listen('work', (tenant) => runner.hear(tenant));
    this.runners.push(runner);
    runner.register(handler);
    const work = async (tenant: TenantId = QUEUE_TENANT): Promise<void> => {
      runner.wake(tenant);
      await runner.idle(tenant);
    };
    return { runner, holders, work };
  }

  async enqueue(items: readonly Partial<NewWork>[], tenant: TenantId = QUEUE_TENANT): Promise<void> {
    const db = await this.databases.of<WorkTables>(tenant);
    const complete = items.map((item) => ({ kind: 'note', key: 'k', payload: {}, correlation_id: 'req-1', ...item }));
    await db.transaction().execute((trx) => enqueueWork(trx, complete, this.clock.now()));
  }

  async rows(tenant: TenantId = QUEUE_TENANT): Promise<readonly WorkItemRow[]> {
    return (await this.databases.of<WorkTables>(tenant)).selectFrom('work_item').selectAll().orderBy('key').execute();
  }

  async close(): Promise<void> {
    for (const runner of this.runners) await runner.beforeApplicationShutdown();
    await this.stores.close();
  }
}
