import { toTenantId } from '../../src/contracts/tenant.js';
import { Clock } from '../../src/platform/clock/clock.js';
import type { TenantDatabases } from '../../src/platform/storage/tenant-databases.js';
import type { IndicatorReport } from '../../src/taa/domain/indicator.js';
import type { IndicatorChange } from '../../src/taa/domain/indicator-store.js';
import { SqliteIndicatorStore } from '../../src/taa/adapters/sqlite-indicator-store.js';
import type { TaaTables } from '../../src/taa/adapters/taa-tables.js';
import { describeOnEngines, type OpenedStores } from '../support/store-engines.js';

const ACME = toTenantId('acme-corp');
const GLOBEX = toTenantId('globex');
const CHANGE: IndicatorChange = { actor: { type: 'person', id: 'ann' }, correlation_id: 'req-1', source_ip: '127.0.0.1' };

class SteppingClock extends Clock {
  private time = Date.parse('2026-03-01T00:00:00.000Z');
  now(): number {
    return (this.time += 1_000);
  }
}

function report(id: string, more: Partial<IndicatorReport> = {}): IndicatorReport {
  return {
    external_id: id,
    name: id,
    values: [{ type: 'domain', value: `${id}.example` }],
    valid_from: null,
    valid_until: null,
    confidence: 0.5,
    revoked: false,
    ...more,
  };
}

describeOnEngines('IndicatorStore', (open) => {
  let stores: OpenedStores;
  let databases: TenantDatabases;
  let store: SqliteIndicatorStore;

  beforeEach(async () => {
    stores = await open();
    databases = stores.tenants;
    store = new SqliteIndicatorStore(databases, new SteppingClock());
  });
  afterEach(() => stores.close());

  const names = async (tenant = ACME): Promise<string[]> => (await store.list(tenant, {}, '', 100)).map(({ name }) => name).sort();

  async function audited(): Promise<unknown[]> {
    const db = await databases.of<TaaTables>(ACME);
    const rows = await db.selectFrom('audit_log').select('record').orderBy('idx').execute();
    return rows.map(({ record }) => JSON.parse(record) as unknown);
  }

  it('adds, updates and leaves alone what is the same, with an audit record where something changed', async () => {
    expect(await store.put(ACME, 'api', [report('a'), report('b')], CHANGE)).toEqual({ added: 2, updated: 0, removed: 0 });
    expect(await store.put(ACME, 'api', [report('a'), report('b', { confidence: 1 })], CHANGE)).toEqual({
      added: 0,
      updated: 1,
      removed: 0,
    });
    expect(await store.put(ACME, 'api', [report('a')], CHANGE)).toEqual({ added: 0, updated: 0, removed: 0 });
    const [found] = await store.list(ACME, { value: 'b.example' }, '', 10);
    expect(found).toMatchObject({ name: 'b', confidence: 1, source: 'api' });
    expect(found!.updated_at > found!.created_at).toBe(true);
    expect(await audited()).toMatchObject([
      { action: 'indicators.changed', actor: { id: 'ann' }, target: { id: 'api' }, details: { added: 2, updated: 0, removed: 0 } },
      { action: 'indicators.changed', details: { added: 0, updated: 1 }, source_ip: '127.0.0.1' },
    ]);
  });

  it('keeps a newer version from an older one, and takes one that was made at the same time', async () => {
    const [first, second] = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'];
    const none = { added: 0, updated: 0, removed: 0 };
    await store.put(ACME, 'api', [report('a', { modified: first }), report('b', { modified: second, revoked: true })], CHANGE);
    expect(await store.put(ACME, 'api', [report('a', { modified: second, revoked: true })], CHANGE)).toEqual({ ...none, updated: 1 });
    expect(await store.put(ACME, 'api', [report('a', { modified: first }), report('b', { modified: first }), report('c')], CHANGE)).toEqual(
      {
        ...none,
        added: 1,
        outdated: ['a', 'b'],
      },
    );
    expect((await store.active(ACME)).map(({ name }) => name)).toEqual(['c']);
    const before = (await audited()).length;
    expect(await store.put(ACME, 'api', [report('a', { modified: first })], CHANGE)).toEqual({ ...none, outdated: ['a'] });
    expect((await audited()).length).toBe(before);
    expect(await store.put(ACME, 'api', [report('a', { modified: second })], CHANGE)).toEqual({ ...none, updated: 1 });
    expect(await store.put(ACME, 'api', [report('a', { confidence: 1 })], CHANGE)).toEqual({ ...none, updated: 1 });
    expect(await store.replace(ACME, 'api', [report('b', { modified: first })], CHANGE)).toEqual({ ...none, updated: 1, removed: 2 });
  });

  it('makes a feed’s content all that it has, and touches no other source', async () => {
    await store.put(ACME, 'api', [report('mine')], CHANGE);
    await store.replace(ACME, 'feed', [report('a'), report('b')], CHANGE);
    expect(await store.replace(ACME, 'feed', [report('b'), report('c')], CHANGE)).toEqual({ added: 1, updated: 0, removed: 1 });
    expect(await names()).toEqual(['b', 'c', 'mine']);
    expect(await store.sources(ACME)).toEqual(['api', 'feed']);
  });

  it('filters and pages', async () => {
    const many = Array.from({ length: 1_200 }, (_, i) =>
      report(`d${i}`, i % 2 === 0 ? {} : { values: [{ type: 'ip', value: `10.0.${i >> 8}.${i & 255}` }] }),
    );
    await store.put(ACME, 'api', many, CHANGE);
    const first = await store.list(ACME, { types: ['ip'] }, '', 400);
    const second = await store.list(ACME, { types: ['ip'] }, first.at(-1)!.indicator_id, 400);
    expect([first.length, second.length]).toEqual([400, 200]);
    expect(new Set([...first, ...second].map(({ indicator_id }) => indicator_id)).size).toBe(600);
    expect(await store.list(ACME, { sources: ['other'] }, '', 10)).toEqual([]);
    expect(await store.list(ACME, { types: ['domain'], value: '10.0.0.1' }, '', 10)).toEqual([]);
  });

  it('keeps tenants apart: equal reports have other ids, and one tenant’s cannot be removed by another', async () => {
    await store.put(ACME, 'api', [report('a')], CHANGE);
    await store.put(GLOBEX, 'api', [report('a')], CHANGE);
    const [acme] = await store.list(ACME, {}, '', 10);
    const [globex] = await store.list(GLOBEX, {}, '', 10);
    expect(acme!.indicator_id).not.toBe(globex!.indicator_id);
    expect(await store.remove(GLOBEX, acme!.indicator_id, CHANGE)).toBe(false);
    expect(await store.find(GLOBEX, acme!.indicator_id)).toBeUndefined();
    expect(await store.remove(ACME, acme!.indicator_id, CHANGE)).toBe(true);
    expect([await names(), await names(GLOBEX)]).toEqual([[], ['a']]);
    expect((await audited()).at(-1)).toMatchObject({ action: 'indicator.deleted', target: { type: 'indicator', id: acme!.indicator_id } });
  });

  it('keeps revoked indicators, but not among the active ones', async () => {
    await store.put(ACME, 'api', [report('a'), report('b', { revoked: true })], CHANGE);
    expect((await store.active(ACME)).map(({ name }) => name)).toEqual(['a']);
    expect(await names()).toEqual(['a', 'b']);
  });
});
