import { sql } from 'kysely';
import { PLATFORM_LOG } from '../../src/platform/audit/audit-log.js';
import { GENESIS_HASH } from '../../src/platform/audit/hash-chain.js';
import { SqliteAuditLog } from '../../src/platform/audit/sqlite-audit-log.js';
import { SystemClock } from '../../src/platform/clock/system-clock.js';
import { describeOnEngines } from '../support/store-engines.js';
import { ACME, GLOBEX } from './alert-store-fixtures.js';
import { notedEntry } from './noted-entry.js';

describeOnEngines('AuditLog', (open) => {
  it.each([ACME, PLATFORM_LOG])('makes one chain of what several processes append to the log of %s at once', async (log) => {
    const first = await open();
    const stores = [first, await first.beside(), await first.beside()];
    const logs = stores.map(({ tenants, platform }) => new SqliteAuditLog(tenants, platform, new SystemClock()));
    await Promise.all(Array.from({ length: 60 }, async (_, i) => logs[i % 3]?.append(log, [notedEntry(`${i}`), notedEntry(`${i} again`)])));
    const records = await logs[0]?.list(log, { limit: 500 });
    expect(records?.map(({ index }) => index)).toEqual(Array.from({ length: 120 }, (_, i) => i + 1));
    expect(records?.map((record) => record.prev_hash)).toEqual([GENESIS_HASH, ...(records ?? []).slice(0, -1).map(({ hash }) => hash)]);
    expect(await logs[1]?.list(GLOBEX, { limit: 500 })).toEqual([]);
    for (const opened of stores.toReversed()) await opened.close();
  });

  it('changes no record and removes none', async () => {
    const { tenants, platform, close } = await open();
    const log = new SqliteAuditLog(tenants, platform, new SystemClock());
    for (const [name, db] of [[ACME, await tenants.of(ACME)] as const, [PLATFORM_LOG, await platform.get()] as const]) {
      await log.append(name, [notedEntry('kept')]);
      await expect(sql`UPDATE audit_log SET actor = 'somebody else'`.execute(db)).rejects.toThrow(/append-only|permission denied/);
      await expect(sql`DELETE FROM audit_log`.execute(db)).rejects.toThrow(/append-only|permission denied/);
      expect(await log.list(name, { limit: 10 })).toMatchObject([{ target: { id: 'kept' } }]);
    }
    await close();
  });
});
