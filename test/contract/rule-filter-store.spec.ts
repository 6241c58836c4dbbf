import { SqlRuleFilterStore } from '../../src/ada/adapters/sql-rule-filter-store.js';
import type { AdaTables } from '../../src/ada/adapters/ada-tables.js';
import { type FilterChange, NO_FILTERS } from '../../src/ada/domain/rule-filter-store.js';
import { toTenantId } from '../../src/contracts/tenant.js';
import { Clock } from '../../src/platform/clock/clock.js';
import { describeOnEngines, type OpenedStores } from '../support/store-engines.js';

const ACME = toTenantId('acme-corp');
const GLOBEX = toTenantId('globex');
const CHANGE: FilterChange = { actor: { type: 'person', id: 'ann' }, correlation_id: 'req-1', source_ip: '127.0.0.1' };

class FixedClock extends Clock {
  now(): number {
    return Date.parse('2026-03-01T00:00:00.000Z');
  }
}

describeOnEngines('RuleFilterStore', (open) => {
  let stores: OpenedStores;
  let store: SqlRuleFilterStore;

  beforeEach(async () => {
    stores = await open();
    store = new SqlRuleFilterStore(stores.tenants, new FixedClock());
  });
  afterEach(() => stores.close());

  const replace = (document: string, basedOn?: number) => store.replace(ACME, { document, filters: 1, basedOn }, CHANGE);

  async function audited(): Promise<unknown[]> {
    const db = await stores.tenants.of<AdaTables>(ACME);
    const rows = await db.selectFrom('audit_log').select('record').orderBy('idx').execute();
    return rows.map(({ record }) => JSON.parse(record) as unknown);
  }

  it('keeps what a tenant sent last, for that tenant alone, and counts its versions on over a removal', async () => {
    expect([await store.find(ACME), await store.version(ACME)]).toEqual([NO_FILTERS, 0]);
    expect(await replace('a')).toEqual({ version: 1, document: 'a', updated_at: '2026-03-01T00:00:00.000Z', updated_by: 'ann' });
    expect(await replace('')).toMatchObject({ version: 2, document: '' });
    const last = await replace('b');
    expect(last).toMatchObject({ version: 3, document: 'b' });
    expect([await store.find(ACME), await store.version(ACME)]).toEqual([last, 3]);
    expect([await store.find(GLOBEX), await store.version(GLOBEX)]).toEqual([NO_FILTERS, 0]);
  });

  it('writes each change to the audit, and nothing where nothing changes', async () => {
    await replace('');
    await replace('a');
    await replace('a');
    await replace('');
    expect(await audited()).toMatchObject([
      { action: 'rule_filters.changed', actor: CHANGE.actor, details: { version: 1, filters: 1 } },
      { action: 'rule_filters.deleted', details: { version: 2 } },
    ]);
  });

  it('refuses a change that is based on another version', async () => {
    await replace('a', 0);
    await expect(replace('b', 0)).rejects.toMatchObject({ type: 'stale-version', extra: { members: { current_version: 1 } } });
    await replace('b', 1);
    expect(await store.find(ACME)).toMatchObject({ version: 2, document: 'b' });
  });

  it('takes one of several changes that are based on the same version', async () => {
    const outcomes = await Promise.allSettled(['a', 'b', 'c'].map((document) => replace(document, 0)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await store.version(ACME)).toBe(1);
  });
});
