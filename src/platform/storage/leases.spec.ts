import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Leases, leaseMigrations } from './leases.js';
import { SqlitePlatformDatabase } from './sqlite-platform-database.js';
import { SqliteThread } from './sqlite-thread.js';

describe('Leases', () => {
  it('R66 gives a lease to one holder of many that ask at once, and to another when it is over', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'gatra-lease-'));
    const threads = Array.from({ length: 4 }, () => new SqliteThread());
    const databases = threads.map((thread) => new SqlitePlatformDatabase(thread, directory, leaseMigrations));
    const leases = databases.map((database) => new Leases(database));
    const taken = await Promise.all(leases.map((lease, at) => lease.take('rotate', `holder ${at}`, 1_000, 2_000)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    const winner = taken.indexOf(true);
    const loser = (winner + 1) % 4;
    expect(await leases[winner]?.take('rotate', `holder ${winner}`, 1_500, 2_500)).toBe(true);
    expect(await leases[loser]?.take('rotate', `holder ${loser}`, 2_499, 3_000)).toBe(false);
    expect(await leases[loser]?.take('another', `holder ${loser}`, 2_499, 3_000)).toBe(true);
    expect(await leases[loser]?.take('rotate', `holder ${loser}`, 2_500, 3_000)).toBe(true);
    for (const database of databases) await database.close();
    for (const thread of threads) await thread.end();
    rmSync(directory, { recursive: true });
  });
});
