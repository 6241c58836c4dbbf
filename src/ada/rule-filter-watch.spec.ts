import { setImmediate as turn } from 'node:timers/promises';
import { toTenantId } from '../contracts/tenant.js';
import { NO_FILTERS, type StoredFilters } from './domain/rule-filter-store.js';
import { RuleFilterWatch } from './rule-filter-watch.js';

const ACME = toTenantId('acme-corp');

describe('RuleFilterWatch', () => {
  let stored: StoredFilters;
  let away: boolean;
  let now: number;
  let looks: number;
  let changed: string[];
  let watch: RuleFilterWatch;
  beforeEach(() => {
    stored = { ...NO_FILTERS, version: 1, document: 'a' };
    [away, now, looks, changed] = [false, 0, 0, []];
    const ask = <T>(answer: T): Promise<T> => (away ? Promise.reject(new Error('away')) : Promise.resolve(answer));
    const store = { find: () => ask(stored), version: () => ((looks += 1), ask(stored.version)) };
    watch = new RuleFilterWatch(store, () => now);
    watch.onChange((tenant) => changed.push(tenant));
  });

  const asked = async (): Promise<void> => {
    watch.asked(ACME);
    await turn();
  };

  it('looks for another version while the tenant is served, at most every 2 s', async () => {
    await asked();
    expect(await watch.take(ACME)).toEqual({ version: 1, document: 'a' });
    await asked();
    now = 2_000;
    await asked();
    await asked();
    expect([looks, changed]).toEqual([1, []]);
    stored = { ...stored, version: 2 };
    await asked();
    expect(changed).toEqual([]);
    now = 4_000;
    await asked();
    expect([looks, changed]).toEqual([2, [ACME]]);
  });

  it('knows nothing of filters that cannot be read, and takes them up once they can', async () => {
    away = true;
    expect(await watch.take(ACME)).toBeNull();
    now = 2_000;
    await asked();
    expect(changed).toEqual([]);
    away = false;
    now = 4_000;
    await asked();
    expect(changed).toEqual([ACME]);
  });

  it('looks for nothing of a tenant that is served no more', async () => {
    await watch.take(ACME);
    watch.forget(ACME);
    now = 10_000;
    await asked();
    expect(looks).toBe(0);
  });
});
