import { v7 as uuidv7 } from 'uuid';
import { toTenantId } from '../../src/contracts/tenant.js';
import { Clock } from '../../src/platform/clock/clock.js';
import { SqliteIndicatorStore } from '../../src/taa/adapters/sqlite-indicator-store.js';
import { SqlRetroStore } from '../../src/taa/adapters/sql-retro-store.js';
import type { TaaTables } from '../../src/taa/adapters/taa-tables.js';
import type { IndicatorReport } from '../../src/taa/domain/indicator.js';
import type { IndicatorChange } from '../../src/taa/domain/indicator-store.js';
import { NOTHING_MATCHED, type RetroMatch } from '../../src/taa/domain/retro/retro-match.js';
import { RETRO_MATCH } from '../../src/taa/domain/retro/retro-store.js';
import { describeOnEngines, type OpenedStores } from '../support/store-engines.js';

const ACME = toTenantId('acme-corp');
const GLOBEX = toTenantId('globex');
const DEED: IndicatorChange = { actor: { type: 'person', id: 'ann' }, correlation_id: 'req-1', source_ip: '127.0.0.1' };
const DAY = 86_400_000;
const POLICY = { lookBackMs: 30 * DAY, delayMs: 30_000 };
const START = Date.parse('2026-03-01T00:00:00.000Z');
const iso = (time: number): string => new Date(time).toISOString();

/** A second later with every reading. */
class SteppingClock extends Clock {
  private time = START;
  now(): number {
    return (this.time += 1_000);
  }
}

function report(id: string, more: Partial<IndicatorReport> = {}): IndicatorReport {
  const values = [{ type: 'domain', value: `${id}.example` }] as const;
  return { external_id: id, name: id, values, valid_from: null, valid_until: null, confidence: 0.5, revoked: false, ...more };
}

describeOnEngines('RetroStore', (open) => {
  let stores: OpenedStores;
  let indicators: SqliteIndicatorStore;
  let store: SqlRetroStore;
  let clock: Clock;

  beforeEach(async () => {
    stores = await open();
    clock = new SteppingClock();
    indicators = new SqliteIndicatorStore(stores.tenants, clock, undefined, POLICY);
    store = new SqlRetroStore(stores.tenants, clock, POLICY);
  });
  afterEach(() => stores.close());

  const all = (tenant = ACME): Promise<readonly RetroMatch[]> => store.list(tenant, undefined, 500);
  const only = async (): Promise<RetroMatch> => {
    const [match, ...others] = await all();
    expect(others).toEqual([]);
    return match as RetroMatch;
  };
  const names = async ({ scope }: RetroMatch): Promise<string[]> =>
    (await indicators.sought(ACME, scope, '', 100)).map(({ name }) => name).sort();
  const end = (match: RetroMatch): Promise<boolean> => store.end(ACME, match, { state: 'done', reason: null, progress: match.progress });
  const order = (source: string | null = null) => ({ retro_id: uuidv7({ msecs: clock.now() }), span: { from: 0, to: START }, source });

  async function work(): Promise<readonly unknown[]> {
    const db = await stores.tenants.of<TaaTables>(ACME);
    return db.selectFrom('work_item').select(['kind', 'key', 'generation', 'not_before']).orderBy('key').execute();
  }

  async function audited(): Promise<readonly Record<string, unknown>[]> {
    const db = await stores.tenants.of<TaaTables>(ACME);
    const rows = await db.selectFrom('audit_log').select('record').orderBy('idx').execute();
    const records = rows.map(({ record }) => JSON.parse(record) as Record<string, unknown>);
    return records.filter(({ action }) => String(action).startsWith('retro_match.'));
  }

  it('makes one where new indicators are stored, in the same transaction, with its work a while later', async () => {
    await indicators.put(ACME, 'api', [report('a'), report('b'), report('gone', { revoked: true })], DEED);
    const match = await only();
    const created = Date.parse(match.created_at);
    expect(match).toEqual({
      retro_id: match.retro_id,
      cause: 'arrival',
      scope: { after: 0, upTo: 1, source: null },
      span: { from: created - POLICY.lookBackMs, to: created + POLICY.delayMs + DAY },
      state: 'queued',
      created_at: match.created_at,
      created_by: 'retro-match',
      correlation_id: 'req-1',
      started_at: null,
      ended_at: null,
      reason: null,
      turn: 0,
      progress: NOTHING_MATCHED,
    });
    expect(await names(match)).toEqual(['a', 'b']);
    expect(await work()).toEqual([{ kind: RETRO_MATCH, key: match.retro_id, generation: 1, not_before: created + POLICY.delayMs }]);
    expect(await audited()).toMatchObject([
      { action: 'retro_match.started', actor: { type: 'system' }, target: { id: match.retro_id }, correlation_id: 'req-1' },
    ]);
    expect([await all(GLOBEX), await store.find(GLOBEX, match.retro_id), await store.remove(GLOBEX, match.retro_id, DEED)]).toEqual([
      [],
      undefined,
      undefined,
    ]);
  });

  it('makes none where nothing is sought that was not before', async () => {
    await indicators.replace(ACME, 'feed', [report('a'), report('b')], DEED);
    await end(await only());
    await indicators.replace(ACME, 'feed', [report('a'), report('b')], DEED);
    await indicators.replace(ACME, 'feed', [report('a', { name: 'A' }), report('b', { confidence: 0.1 })], DEED);
    await indicators.replace(ACME, 'feed', [report('a', { name: 'A' })], DEED);
    await only();
    await indicators.replace(ACME, 'feed', [report('a', { name: 'A', confidence: 0.9 }), report('c')], DEED);
    const [next] = await all();
    expect(next && (await names(next))).toEqual(['A', 'c']);
    const never = new SqliteIndicatorStore(stores.tenants, clock);
    await never.put(GLOBEX, 'api', [report('a')], DEED);
    expect(await all(GLOBEX)).toEqual([]);
    await indicators.put(GLOBEX, 'api', [report('b')], DEED);
    const [later] = await all(GLOBEX);
    expect((await indicators.sought(GLOBEX, (later as RetroMatch).scope, '', 9)).map(({ name }) => name)).toEqual(['b']);
  });

  it('takes along what comes before it begins, and leaves to the next what comes while it runs', async () => {
    await indicators.put(ACME, 'api', [report('a')], DEED);
    const waiting = await only();
    await indicators.put(ACME, 'api', [report('b')], DEED);
    expect(await store.keep(ACME, waiting, waiting.progress)).toBe(false);
    const first = await only();
    expect([first.turn, await names(first)]).toEqual([1, ['a', 'b']]);
    expect(await work()).toMatchObject([{ generation: 2, not_before: Date.parse(waiting.created_at) + POLICY.delayMs }]);

    const progress = { ...NOTHING_MATCHED, before: { month: '2026-03', sequence: 4, record: 2 }, scanned: 7, by_indicator: { i: 2 } };
    expect(await store.keep(ACME, first, progress)).toBe(true);
    await indicators.put(ACME, 'api', [report('c')], DEED);
    await indicators.put(ACME, 'api', [report('d')], DEED);
    const running = await only();
    expect(running).toMatchObject({ state: 'running', turn: 2, progress, scope: first.scope });
    expect(await store.keep(ACME, first, NOTHING_MATCHED)).toBe(false);
    expect(await end(first)).toBe(false);

    expect(await end(running)).toBe(true);
    const [next, ended] = await all();
    expect(ended).toMatchObject({ retro_id: running.retro_id, state: 'done', progress, ended_at: expect.any(String) });
    expect(next && [next.state, await names(next)]).toEqual(['queued', ['c', 'd']]);
    await end(next as RetroMatch);
    expect(await all()).toHaveLength(2);
  });

  it('cancels one that is open, which keeps nothing any more, and removes one that has ended; the next begins', async () => {
    await indicators.put(ACME, 'api', [report('a')], DEED);
    const waiting = await only();
    await store.keep(ACME, waiting, NOTHING_MATCHED);
    await indicators.put(ACME, 'api', [report('b')], DEED);
    const running = await only();
    expect(await store.remove(ACME, running.retro_id, DEED)).toBe('cancelled');
    expect([await store.keep(ACME, running, NOTHING_MATCHED), await end(running)]).toEqual([false, false]);
    const [next, cancelled] = await all();
    expect(cancelled).toMatchObject({ retro_id: running.retro_id, state: 'cancelled', ended_at: expect.any(String) });
    expect(next && (await names(next))).toEqual(['b']);
    expect(await store.remove(ACME, running.retro_id, DEED)).toBe('deleted');
    expect(await store.remove(ACME, running.retro_id, DEED)).toBeUndefined();
    expect((await audited()).map(({ action }) => action)).toEqual([
      'retro_match.started',
      'retro_match.cancelled',
      'retro_match.started',
      'retro_match.deleted',
    ]);
  });

  it('makes those that are asked for of all indicators, or of one source, a few at once', async () => {
    const before = new SqliteIndicatorStore(stores.tenants, clock);
    await before.put(ACME, 'api', [report('a')], DEED);
    await before.replace(ACME, 'feed', [report('b')], DEED);
    const whole = await store.create(ACME, order(), DEED);
    expect(whole).toMatchObject({ cause: 'request', created_by: 'ann', span: { from: 0, to: START }, scope: { source: null } });
    expect(await store.find(ACME, whole.retro_id)).toEqual(whole);
    expect(await names(whole)).toEqual(['a', 'b']);
    expect(await names(await store.create(ACME, order('feed'), DEED))).toEqual(['b']);
    await store.create(ACME, order('no such'), DEED);
    await expect(store.create(ACME, order(), DEED)).rejects.toMatchObject({ type: 'quota-exceeded', extra: { members: { limit: 3 } } });
    await store.create(GLOBEX, order(), DEED);
    expect((await audited())[0]).toMatchObject({ actor: DEED.actor, details: { cause: 'request', from: iso(0), to: iso(START) } });
    expect((await work()).length).toBe(3);
  });

  it('lists the newest first, page by page, and lets go of the oldest that have ended', async () => {
    for (let n = 0; n < 103; n += 1) await end(await store.create(ACME, order(), DEED));
    const [newest, second, ...others] = await all();
    expect(others).toHaveLength(98);
    expect((await store.list(ACME, newest?.retro_id, 1)).map(({ retro_id }) => retro_id)).toEqual([second?.retro_id]);
    expect(String(newest?.created_at) > String(others.at(-1)?.created_at)).toBe(true);
  });
});
