import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { AdaTables } from '../../src/ada/adapters/ada-tables.js';
import { SqlBacktestStore } from '../../src/ada/adapters/sql-backtest-store.js';
import { advance, beginning } from '../../src/ada/domain/backtest/advance.js';
import type { Backtest } from '../../src/ada/domain/backtest/backtest.js';
import { RULE_BACKTEST, type BacktestDeed } from '../../src/ada/domain/backtest/backtest-store.js';
import { toTenantId } from '../../src/contracts/tenant.js';
import { Clock } from '../../src/platform/clock/clock.js';
import { TenantCipher } from '../../src/platform/encryption/tenant-cipher.js';
import { describeOnEngines, type OpenedStores } from '../support/store-engines.js';

const ACME = toTenantId('acme-corp');
const GLOBEX = toTenantId('globex');
/** A tenant with keys. */
const SEALED = toTenantId('initech');
const DEED: BacktestDeed = { actor: { type: 'person', id: 'ann' }, correlation_id: 'req-1', source_ip: '127.0.0.1' };
const NOW = '2026-03-01T00:00:00.000Z';
const BOUNDS = { open: 2, kept: 3 };
const SPAN = { from: 0, to: 86_400_000 };
const PAGE = { next: { month: '2026-03', sequence: 4, record: 2 }, chunks: 1, chunksLeft: 1 };

class FixedClock extends Clock {
  now(): number {
    return Date.parse(NOW);
  }
}

describeOnEngines('BacktestStore', (open) => {
  let stores: OpenedStores;
  let store: SqlBacktestStore;
  const ciphers = new Map([[SEALED, new TenantCipher({ data: [{ number: 1, key: randomBytes(32) }], index: randomBytes(32) })]]);
  let made = 0;

  beforeEach(async () => {
    stores = await open();
    store = new SqlBacktestStore(stores.tenants, { of: async (tenant) => ciphers.get(tenant) }, new FixedClock());
  });
  afterEach(() => stores.close());

  const create = (tenant = ACME): Promise<Backtest> => {
    const backtest_id = uuidv7({ msecs: Date.parse(NOW) + ++made });
    const progress = beginning([{ id: 'r', title: 'R', level: 'high' }]);
    return store.create(tenant, { backtest_id, document: 'title: R', span: SPAN, progress }, BOUNDS, DEED);
  };
  const end = (backtest: Backtest) => store.end(ACME, backtest, { state: 'done', reason: null, progress: backtest.progress });

  async function rows(): Promise<{ readonly audit: unknown[]; readonly work: unknown[] }> {
    const db = await stores.tenants.of<AdaTables>(ACME);
    const audit = await db.selectFrom('audit_log').select('record').orderBy('idx').execute();
    const work = await db.selectFrom('work_item').select(['kind', 'key', 'generation']).orderBy('key').execute();
    return { audit: audit.map(({ record }) => JSON.parse(record) as unknown), work };
  }

  it('keeps one with its work, for its tenant alone', async () => {
    const made = await create();
    expect(made).toEqual({
      backtest_id: made.backtest_id,
      document: 'title: R',
      span: SPAN,
      state: 'queued',
      created_at: NOW,
      created_by: 'ann',
      started_at: null,
      ended_at: null,
      reason: null,
      turn: 0,
      progress: beginning([{ id: 'r', title: 'R', level: 'high' }]),
    });
    expect(await store.find(ACME, made.backtest_id)).toEqual(made);
    expect([await store.find(GLOBEX, made.backtest_id), await store.remove(GLOBEX, made.backtest_id, DEED)]).toEqual([
      undefined,
      undefined,
    ]);
    expect((await rows()).work).toEqual([{ kind: RULE_BACKTEST, key: made.backtest_id, generation: 1 }]);
  });

  it('keeps progress where it is as it was read, with the work that is left', async () => {
    const first = await create();
    const progress = advance(first.progress, PAGE, { scanned: 7, rules: [] }, SPAN);
    expect(await store.keep(ACME, first, progress)).toBe(true);
    const second = await store.find(ACME, first.backtest_id);
    expect(second).toMatchObject({ state: 'running', started_at: NOW, turn: 1, progress });
    expect(await store.keep(ACME, first, beginning([]))).toBe(false);
    expect(await end(first)).toBe(false);
    expect((await rows()).work).toEqual([{ kind: RULE_BACKTEST, key: first.backtest_id, generation: 2 }]);
    expect(second && (await end(second))).toBe(true);
    expect(await store.find(ACME, first.backtest_id)).toMatchObject({ state: 'done', ended_at: NOW, progress });
  });

  it('cancels one that is open, which keeps nothing any more, and removes one that has ended; each is in the audit', async () => {
    const backtest = await create();
    expect(await store.remove(ACME, backtest.backtest_id, DEED)).toBe('cancelled');
    expect([await store.keep(ACME, backtest, backtest.progress), await end(backtest)]).toEqual([false, false]);
    expect(await store.find(ACME, backtest.backtest_id)).toMatchObject({ state: 'cancelled', ended_at: NOW, turn: 0 });
    expect(await store.remove(ACME, backtest.backtest_id, DEED)).toBe('deleted');
    expect(await store.remove(ACME, backtest.backtest_id, DEED)).toBeUndefined();
    expect(await store.find(ACME, backtest.backtest_id)).toBeUndefined();
    const target = { type: 'rule_backtest', id: backtest.backtest_id };
    expect((await rows()).audit).toMatchObject([
      { action: 'rule_backtest.started', actor: DEED.actor, target, details: { from: '1970-01-01T00:00:00.000Z', rules: ['r'] } },
      { action: 'rule_backtest.cancelled', actor: DEED.actor, target },
      { action: 'rule_backtest.deleted', actor: DEED.actor, target },
    ]);
  });

  it('has a few open at once, of each tenant, and says so before anything is stored', async () => {
    const first = await create();
    await create();
    await expect(create()).rejects.toMatchObject({ type: 'quota-exceeded', extra: { members: { quota: 'rule_backtests', limit: 2 } } });
    expect((await rows()).audit).toHaveLength(2);
    await create(GLOBEX);
    await end(first);
    await create();
  });

  it('lists the newest first, and lets go of the oldest that have ended', async () => {
    const all: Backtest[] = [];
    for (let n = 0; n < 5; n += 1) {
      const backtest = await create();
      all.push(backtest);
      if (n > 0) await end(backtest);
    }
    const [open, , , third, fourth] = all.map(({ backtest_id }) => backtest_id);
    const listed = await store.list(ACME, undefined, 10);
    expect(listed.map(({ backtest_id }) => backtest_id)).toEqual([fourth, third, open]);
    expect(listed[0]).not.toHaveProperty('document');
    expect((await store.list(ACME, fourth, 1)).map(({ backtest_id }) => backtest_id)).toEqual([third]);
  });

  it('R18 holds nothing of what it quotes of events in clear where the tenant has keys', async () => {
    const backtest = await create(SEALED);
    const matches = [{ event_id: 'e.1', time: 0, host: 'quetzalcoatl', user: 'xolotl' }];
    const found = { scanned: 1, rules: [{ events: 1, matches, filtered: 0, micros: 1 }] };
    const progress = advance(backtest.progress, PAGE, found, SPAN);
    expect(await store.keep(SEALED, backtest, progress)).toBe(true);
    const db = await stores.tenants.of<AdaTables>(SEALED);
    const rows = JSON.stringify(await db.selectFrom('ada_rule_backtests').selectAll().execute());
    expect(rows).not.toMatch(/quetzalcoatl|xolotl|e\.1/);
    expect(await store.find(SEALED, backtest.backtest_id)).toMatchObject({ turn: 1, progress });
    expect(await store.remove(SEALED, backtest.backtest_id, DEED)).toBe('cancelled');
  });
});
