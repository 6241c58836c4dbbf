import { toTenantId } from '../contracts/tenant.js';
import type { Indicator } from './domain/indicator.js';
import { IndicatorMatchers } from './indicator-matchers.js';

const ACME = toTenantId('acme-corp');
const GLOBEX = toTenantId('globex');

/** Indicators that any process may change. */
class SharedStore {
  revisions = 1;
  readonly read: string[] = [];
  fails = false;

  async revision(): Promise<number> {
    if (this.fails) throw new Error('away');
    return this.revisions;
  }

  async active(tenant: string): Promise<Indicator[]> {
    this.read.push(tenant);
    return [];
  }
}

describe('the indicators that a process has compiled', () => {
  let store: SharedStore;
  let now: number;
  let matchers: IndicatorMatchers;
  beforeEach(() => {
    store = new SharedStore();
    now = 0;
    matchers = new IndicatorMatchers(store, () => now);
  });

  it('R06 are read once, and again within two seconds of a change that another process made', async () => {
    const first = await matchers.of(ACME);
    expect(await matchers.of(ACME)).toBe(first);
    now = 2_000;
    expect(await matchers.of(ACME)).toBe(first);
    store.revisions = 2;
    now = 3_999;
    expect(await matchers.of(ACME)).toBe(first);
    now = 4_000;
    const [second, same] = await Promise.all([matchers.of(ACME), matchers.of(ACME)]);
    expect(second).not.toBe(first);
    expect(same).toBe(second);
    expect(store.read).toEqual([ACME, ACME]);
  });

  it('are read at once after a change of this process, for its tenant only', async () => {
    const [acme, globex] = [await matchers.of(ACME), await matchers.of(GLOBEX)];
    matchers.changed(ACME);
    expect(await matchers.of(ACME)).not.toBe(acme);
    expect(await matchers.of(GLOBEX)).toBe(globex);
  });

  it('are read again after a failure', async () => {
    store.fails = true;
    await expect(matchers.of(ACME)).rejects.toThrow('away');
    store.fails = false;
    expect(await matchers.of(ACME)).toBeDefined();
  });

  it('are kept of the thousand tenants that were asked for last', async () => {
    for (let n = 0; n < 1_000; n += 1) await matchers.of(toTenantId(`tenant-${n}`));
    await matchers.of(toTenantId('tenant-0'));
    await matchers.of(ACME);
    store.read.length = 0;
    await matchers.of(toTenantId('tenant-0'));
    await matchers.of(toTenantId('tenant-1'));
    expect(store.read).toEqual(['tenant-1']);
  });
});
