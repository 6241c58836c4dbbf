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

  it('DUR-15 does not wait for a lease that was taken before the clock was set back, and does for one of a clock that is a little ahead', async () => {
    const first = await open();
    const leases = new Leases(first.platform);
    const [day, length] = [86_400_000, 30_000];
    const take = (holder: string, now: number): Promise<boolean> => leases.take('copy', holder, now, now + length);
    expect(await take('one', 2 * day)).toBe(true);
    expect(await take('other', 2 * day - 1_000)).toBe(false);
    expect(await take('other', 2 * day - length)).toBe(false);
    expect(await take('other', day)).toBe(true);
    expect(await take('one', day + 1_000)).toBe(false);
    expect(await take('one', 2 * day)).toBe(true);
    await first.close();
  });
});
