import { toTenantId } from '../../../contracts/tenant.js';
import { TenantTurns } from './tenant-turns.js';

const [ACME, GLOBEX, INITECH] = [toTenantId('acme-corp'), toTenantId('globex'), toTenantId('initech')];
const LIMITS = { atOnce: 2, waiting: 4, waitingOfTenant: 2, batchMs: 60_000 };

describe('turns of tenants', () => {
  it('go to a few at once, one a tenant, and to another tenant before the same one again', async () => {
    const turns = new TenantTurns(LIMITS);
    const order: string[] = [];
    const ends: (() => void)[] = [];
    const take = (name: string, tenant = ACME): void => {
      void turns.take(tenant).then((end) => {
        order.push(end ? name : `${name} refused`);
        if (end) ends.push(end);
      });
    };
    take('acme 1');
    take('acme 2');
    take('acme 3');
    take('acme 4');
    take('globex 1', GLOBEX);
    take('initech 1', INITECH);
    await Promise.resolve();
    expect(order).toEqual(['acme 1', 'acme 4 refused', 'globex 1']);
    for (let ended = 0; ended < 5; ended += 1) {
      ends.shift()?.();
      await Promise.resolve();
    }
    expect(order.slice(3)).toEqual(['initech 1', 'acme 2', 'acme 3']);
  });

  it('are refused beyond a bound of all, and where they do not come in time', async () => {
    const turns = new TenantTurns({ ...LIMITS, atOnce: 1, waiting: 1, batchMs: 1 });
    const first = await turns.take(ACME);
    const late = turns.take(GLOBEX);
    expect(await turns.take(INITECH)).toBeUndefined();
    expect(await late).toBeUndefined();
    first?.();
    expect(await turns.take(INITECH)).toBeDefined();
  });
});
