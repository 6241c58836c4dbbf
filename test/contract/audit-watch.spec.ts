import { sql } from 'kysely';
import { PLATFORM_LOG } from '../../src/platform/audit/audit-log.js';
import { AuditWatch } from '../../src/platform/audit/audit-watch.js';
import { SqliteAuditLog } from '../../src/platform/audit/sqlite-audit-log.js';
import { Metrics } from '../../src/platform/observability/metrics.js';
import { DamageRegister } from '../../src/platform/storage/damage-register.js';
import type { TenantDatabases } from '../../src/platform/storage/tenant-databases.js';
import { FakeTenants } from '../support/containment-rig.js';
import { SetClock } from '../support/queue-rig.js';
import { describeOnEngines, openSqlite, type OpenedStores } from '../support/store-engines.js';
import { ACME, GLOBEX } from './alert-store-fixtures.js';
import { notedEntry } from './noted-entry.js';

const RECORDS = 450;

/** A watch over databases in which two tenants and the platform have logs. */
async function watched({ tenants, platform }: OpenedStores) {
  const [clock, metrics, damage] = [new SetClock(), new Metrics(), new DamageRegister()];
  const audit = new SqliteAuditLog(tenants, platform, clock);
  for (const log of [ACME, GLOBEX, PLATFORM_LOG]) {
    await audit.append(
      log,
      Array.from({ length: RECORDS }, (_, i) => notedEntry(`${i}`)),
    );
  }
  const watch = new AuditWatch({ tenants, platform, directory: new FakeTenants(), audit, damage, clock, metrics, everyHours: 24 });
  const reading = async (name: string): Promise<number> => {
    const text = await metrics.registry.getSingleMetricAsString(name);
    return Number(text.split('\n').at(-1)?.split(' ').at(-1));
  };
  const told = async () =>
    (await audit.list(PLATFORM_LOG, { action: ['audit.broken'], limit: 10 })).map(({ target, details }) => ({ id: target.id, details }));
  return { watch, audit, clock, damage, reading, told };
}

/** Does to a log what its triggers are there against. */
async function tamper(tenants: TenantDatabases, change: string): Promise<void> {
  const db = await tenants.of(ACME);
  await sql`DROP TRIGGER IF EXISTS audit_log_no_update`.execute(db);
  await sql`DROP TRIGGER IF EXISTS audit_log_no_delete`.execute(db);
  await sql.raw(change).execute(db);
}

describeOnEngines('the watch over audit logs', (open) => {
  it('finds logs that nobody changed whole, however often it looks, and says when', async () => {
    const stores = await open();
    const { watch, audit, clock, damage, reading, told } = await watched(stores);
    clock.time += 7_200_000;
    expect(await reading('audit_verification_age_seconds')).toBe(7_200);
    await watch.check();
    await audit.append(ACME, [notedEntry('later')]);
    clock.time += 60_000;
    expect(await reading('audit_verification_age_seconds')).toBe(60);
    await watch.check();
    expect(await reading('audit_verification_age_seconds')).toBe(0);
    expect(await reading('audit_logs_broken')).toBe(0);
    expect([damage.isEmpty, await told()]).toEqual([true, []]);
    await stores.close();
  });

  it('answers what it read of a tenant without keeping it', async () => {
    const stores = await open();
    await watched(stores);
    const count = (): Promise<number | undefined> =>
      stores.tenants.glance(ACME, async (db) => {
        const { rows } = await sql<{ count: number }>`SELECT count(*) AS count FROM audit_log`.execute(db);
        return Number(rows[0]?.count);
      });
    expect(await Promise.all([count(), count()])).toEqual([RECORDS, RECORDS]);
    await stores.tenants.close(ACME);
    expect(await count()).toBe(RECORDS);
    await stores.close();
  });
});

describe('the watch over audit logs', () => {
  let stores: OpenedStores;
  beforeEach(async () => (stores = await openSqlite()));
  afterEach(() => stores.close());

  it('tells once of a record that was changed: in the metrics, in health, and in the log of the platform', async () => {
    const { watch, damage, reading, told } = await watched(stores);
    await watch.check();
    await tamper(stores.tenants, `UPDATE audit_log SET record = replace(record, 'test.noted', 'test.other') WHERE idx = 300`);
    await watch.check();
    await watch.check();
    expect(await reading('audit_logs_broken')).toBe(1);
    expect(damage.isEmpty).toBe(false);
    expect(await told()).toEqual([{ id: ACME, details: { log: ACME, index: 300, reason: 'its content does not give its hash' } }]);
  });

  it('notices records that were cut off at the end', async () => {
    const { watch, reading, told } = await watched(stores);
    await watch.check();
    await tamper(stores.tenants, 'DELETE FROM audit_log WHERE idx > 448');
    await watch.check();
    expect(await reading('audit_logs_broken')).toBe(1);
    expect(await told()).toEqual([
      { id: ACME, details: { log: ACME, index: 449, reason: `is missing: there were ${RECORDS} records before` } },
    ]);
  });

  it('does not take a check for done where a log could not be read', async () => {
    const { watch, clock, reading } = await watched(stores);
    await tamper(stores.tenants, 'ALTER TABLE audit_log RENAME TO elsewhere');
    clock.time += 1_000;
    await watch.check();
    expect(await reading('audit_verification_age_seconds')).toBe(1);
  });
});
