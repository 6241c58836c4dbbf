import { Leases } from '../../src/platform/storage/leases.js';
import { describeOnEngines } from '../support/store-engines.js';

describeOnEngines('Leases', (open) => {
  it('R66 gives a lease to one holder of many that ask at once, and to another when it is over', async () => {
    const first = await open();
    const stores = [first, ...(await Promise.all(Array.from({ length: 3 }, () => first.beside())))];
    const leases = stores.map(({ platform }) => new Leases(platform));
    const taken = await Promise.all(leases.map((lease, at) => lease.take('rotate', `holder ${at}`, 1_000, 2_000)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    const winner = taken.indexOf(true);
    const loser = (winner + 1) % 4;
    expect(await leases[winner]?.take('rotate', `holder ${winner}`, 1_500, 2_500)).toBe(true);
    expect(await leases[loser]?.take('rotate', `holder ${loser}`, 2_499, 3_000)).toBe(false);
    expect(await leases[loser]?.take('another', `holder ${loser}`, 2_499, 3_000)).toBe(true);
    expect(await leases[loser]?.take('rotate', `holder ${loser}`, 2_500, 3_000)).toBe(true);
    for (const opened of stores.toReversed()) await opened.close();
  });
});
