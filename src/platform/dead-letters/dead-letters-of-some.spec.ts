import { existsSync, mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { ClsServiceManager } from 'nestjs-cls';
import { FakeHolders } from '../../../test/support/fake-holders.js';
import { SetClock } from '../../../test/support/queue-rig.js';
import { toTenantId, type TenantId } from '../../contracts/tenant.js';
import { databaseSteps } from '../../database-steps.js';
import type { Caller } from '../auth/caller.decorator.js';
import { Metrics } from '../observability/metrics.js';
import { NoTracing } from '../observability/tracing/no-tracing.js';
import { tenantDirectoryPath } from '../storage/data-directory.js';
import { SqliteDatabases } from '../storage/sqlite-databases.js';
import type { RequestContext } from '../tenancy/request-context.js';
import { RetiredTenants } from '../tenancy/retired-tenants.js';
import type { TenantDirectory } from '../tenancy/tenant-directory.js';
import { WorkBatches } from '../work-queue/work-batches.js';
import { WorkContext } from '../work-queue/work-context.js';
import { WorkRunner } from '../work-queue/work-runner.js';
import { WorkStore } from '../work-queue/work-store.js';
import { DeadLetterCensus } from './dead-letter-census.js';
import { DeadLetterStore } from './dead-letter-store.js';
import { DeadLettersService } from './dead-letters.service.js';

const [FIRST, MIDDLE, LAST] = ['acme-corp', 'globex', 'initech'].map(toTenantId) as [TenantId, TenantId, TenantId];
const CALLER = { principal: { kind: 'user', subject: 'admin@platform' }, correlationId: 'req-1', sourceIp: null } as unknown as Caller;

describe('dead letters where one tenant’s cannot be read', () => {
  let directory: string;
  let databases: SqliteDatabases;
  let status: 'active' | 'deleting';
  let runner: WorkRunner;
  let service: DeadLettersService;
  let census: DeadLetterCensus;
  const clock = new SetClock();
  let metrics: Metrics;
  const retired = new RetiredTenants();
  const all = [FIRST, MIDDLE, LAST];
  const statusOf = (tenant: TenantId): string => (tenant === MIDDLE ? status : 'active');
  const tenants = {
    list: async () => all.map((tenant) => ({ tenant_id: tenant, status: statusOf(tenant) })),
    find: async (tenant: TenantId) => ({ status: statusOf(tenant) }),
  } as unknown as TenantDirectory;

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(async () => {
    status = 'active';
    directory = mkdtempSync(join(tmpdir(), 'gatra-letters-'));
    databases = new SqliteDatabases(directory, databaseSteps, { retired });
    const store = new WorkStore(databases.tenants);
    metrics = new Metrics();
    const context = new WorkContext(ClsServiceManager.getClsService<RequestContext>(), new NoTracing());
    runner = new WorkRunner(store, tenants, clock, new WorkBatches({ store, holders: new FakeHolders(), clock, metrics, context }));
    service = new DeadLettersService(new DeadLetterStore(databases.tenants), tenants, runner, clock);
    census = new DeadLetterCensus(store, tenants, clock, metrics);
    for (const [position, tenant] of all.entries()) {
      const letter = { kind: 'note', key: 'k', payload: {}, correlation_id: 'req-1' };
      await store.keepDead(tenant, letter, { error: 'cannot', attempts: 8, at: clock.now() - 1_000 * (position + 1) });
    }
    await census.take();
  });
  afterEach(async () => {
    retired.remove(MIDDLE);
    await runner.beforeApplicationShutdown();
    await databases.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const shown = async (): Promise<readonly (string | undefined)[]> => {
    await census.take();
    const text = await metrics.registry.metrics();
    return ['kept', 'oldest_age_seconds'].map((name) => new RegExp(`^dead_letters_${name} (\\S+)$`, 'm').exec(text)?.[1]);
  };
  const listed = async (limit = 10): Promise<unknown> => {
    const { letters, leftOut } = await service.list(undefined, {}, ['', ''], limit);
    return { tenants: letters.map(({ tenant }) => tenant), leftOut };
  };
  const remove = (): void => {
    status = 'deleting';
    retired.add(MIDDLE);
  };
  const damage = async (): Promise<void> => {
    await databases.tenants.close(MIDDLE);
    const file = join(tenantDirectoryPath(directory, MIDDLE), 'cases.db');
    for (const part of [`${file}-wal`, `${file}-shm`]) rmSync(part, { force: true });
    expect(existsSync(file)).toBe(true);
    truncateSync(file, 0);
  };

  it('has those of all tenants where nothing is wrong', async () => {
    expect(await listed()).toEqual({ tenants: all, leftOut: [] });
    expect(await shown()).toEqual(['3', '3']);
  });

  it.each([
    ['is being deleted', remove, 2],
    ['has a damaged database', damage, 3],
  ] as const)('lists, replays and counts those of the others where one tenant %s, and names it', async (_, harm, counted) => {
    await harm();
    expect(await listed()).toEqual({ tenants: [FIRST, LAST], leftOut: [MIDDLE] });
    expect(await shown()).toEqual([String(counted), '3']);
    expect(await service.replayAll(CALLER, 'note', undefined)).toMatchObject({ replayed: 2, remaining: 0, leftOut: [MIDDLE] });
    expect(await listed()).toEqual({ tenants: [], leftOut: [MIDDLE] });
    // What cannot be counted is what it was when it could be.
    expect((await shown())[0]).toBe(String(counted - 2));
    await expect(service.list([MIDDLE], {}, ['', ''], 10)).rejects.toThrow();
  });

  it('tells of what is wrong with all of them', async () => {
    await databases.close();
    await expect(listed()).rejects.toThrow();
  });
});
