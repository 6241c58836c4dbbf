import { sql } from 'kysely';
import pg from 'pg';
import type { CaseTables } from '../../src/mssp/cases/adapters/case-tables.js';
import { appendAudit } from '../../src/platform/audit/append-audit.js';
import { databaseSteps } from '../../src/database-steps.js';
import type { Databases } from '../../src/platform/storage/databases.js';
import { migratePostgres } from '../../src/platform/storage/postgres/migrate-postgres.js';
import { openPostgres } from '../../src/platform/storage/postgres/open-postgres.js';
import { PostgresPool } from '../../src/platform/storage/postgres/postgres-pool.js';
import { PostgresTenantDatabases } from '../../src/platform/storage/postgres/postgres-tenant-databases.js';
import { describeWithPostgres } from '../support/postgres-server.js';
import { ACME, GLOBEX } from './alert-store-fixtures.js';

const OWN_ROW = `(tenant_id = current_setting('gatra.tenant'::text))`;
const ENTRY = {
  action: 'test.noted',
  actor: { type: 'system', id: 'test' },
  target: { type: 'test', id: 'test' },
  outcome: 'success',
  correlation_id: 'req-1',
} as const;

interface TableFacts {
  readonly table: string;
  readonly forced: boolean;
  readonly policies: readonly string[];
  readonly owner: string;
}

describeWithPostgres('row-level security', (server) => {
  let database: string;
  let stores: Databases;
  let pool: PostgresPool;
  /** One connection, so that whoever asks next gets the one that was asked before. */
  let tenants: PostgresTenantDatabases;
  beforeEach(async () => {
    database = await server().database();
    stores = await openPostgres({ app: server().url(database, 'gatra_app'), owner: null }, databaseSteps);
    pool = new PostgresPool('cases', server().url(database, 'gatra_app'), 1);
    tenants = new PostgresTenantDatabases(pool);
  });
  afterEach(async () => {
    await stores.close();
    await pool.end();
  });

  const note = async (tenant: typeof ACME): Promise<void> => {
    const db = await tenants.of<CaseTables>(tenant);
    await db.transaction().execute((trx) => appendAudit(trx, tenant, '2026-01-01T00:00:00.000Z', [ENTRY]));
  };
  const noted = async (tenant: typeof ACME): Promise<readonly unknown[]> => {
    const db = await tenants.of<CaseTables & { audit_log: { tenant_id: string } }>(tenant);
    return (await db.selectFrom('audit_log').select('tenant_id').execute()).map((row) => row.tenant_id);
  };
  const asApp = async <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = new pg.Client({ connectionString: server().url(database, 'gatra_app') });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  };

  it('TEN-08 each tenant table is forced to let through own rows alone, whether they are read or written, and every key begins with the tenant', async () => {
    const tables = await server().ask<TableFacts & { rls: boolean; checks: readonly string[]; kinds: readonly string[] }>(
      `SELECT relname AS "table", relrowsecurity AS rls, relforcerowsecurity AS forced, relowner::regrole::text AS owner,
         array(SELECT pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polrelid = pg_class.oid) AS policies,
         array(SELECT pg_get_expr(polwithcheck, polrelid) FROM pg_policy WHERE polrelid = pg_class.oid) AS checks,
         array(SELECT polcmd::text FROM pg_policy WHERE polrelid = pg_class.oid) AS kinds
       FROM pg_class WHERE relnamespace = 'gatra_tenants'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')`,
      database,
    );
    expect(tables.length).toBeGreaterThan(15);
    for (const { table, ...facts } of tables) {
      const expected = { rls: true, forced: true, owner: 'gatra_owner', policies: [OWN_ROW], checks: [OWN_ROW], kinds: ['*'] };
      expect({ table, ...facts }).toEqual({ table, ...expected });
    }
    const keys = await server().ask(
      `SELECT indexrelid::regclass::text AS key FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
         JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
       WHERE relnamespace = 'gatra_tenants'::regnamespace AND attname <> 'tenant_id'`,
      database,
    );
    expect(keys).toEqual([]);
  });

  it('TEN-08 the application’s role owns nothing, is bound by the policies, and changes no record of the log', async () => {
    const [role] = await server().ask(
      `SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = 'gatra_app'`,
    );
    expect(role).toEqual({ rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false });
    const owned = await server().ask(`SELECT relname FROM pg_class WHERE relowner = 'gatra_app'::regrole`, database);
    expect(owned).toEqual([]);
    await note(ACME);
    const db = await tenants.of<CaseTables>(ACME);
    await expect(sql`UPDATE audit_log SET action = 'x'`.execute(db)).rejects.toThrow('permission denied');
    await expect(sql`DELETE FROM audit_log`.execute(db)).rejects.toThrow('permission denied');
    await expect(sql`TRUNCATE audit_log`.execute(db)).rejects.toThrow('permission denied');
    await expect(sql`ALTER TABLE alert DISABLE ROW LEVEL SECURITY`.execute(db)).rejects.toThrow('must be owner');
    const superuser = `SET gatra.tenant = '${ACME}'; UPDATE gatra_tenants.audit_log SET action = 'x'`;
    await expect(server().ask(superuser, database)).rejects.toThrow('the audit log is append-only');
  });

  it('TEN-08 without a tenant nothing is seen and nothing written, and as one tenant nothing of another', async () => {
    await note(ACME);
    await asApp(async (client) => {
      await expect(client.query('SELECT * FROM gatra_tenants.audit_log')).rejects.toThrow('gatra.tenant');
      await client.query("SET gatra.tenant = ''");
      expect((await client.query('SELECT * FROM gatra_tenants.audit_log')).rows).toEqual([]);
      await expect(client.query('INSERT INTO gatra_tenants.alert_minute (minute, raised) VALUES (1, 1)')).rejects.toThrow(
        'check constraint',
      );
    });
    expect([await noted(ACME), await noted(GLOBEX)]).toEqual([[ACME], []]);
    const db = await tenants.of<CaseTables>(GLOBEX);
    const intruding = sql`INSERT INTO alert_minute (tenant_id, minute, raised) VALUES (${ACME}, 1, 1)`.execute(db);
    await expect(intruding).rejects.toThrow('row-level security');
    const moving = sql`UPDATE alert_minute SET tenant_id = ${ACME}`;
    await sql`INSERT INTO alert_minute (minute, raised) VALUES (1, 1)`.execute(db);
    await expect(moving.execute(db)).rejects.toThrow('row-level security');
  });

  it('TEN-08 a connection keeps nothing of a tenant after an error, a rollback or a timeout', async () => {
    await note(ACME);
    const db = await tenants.of<CaseTables>(ACME);
    const harms: Record<string, () => Promise<unknown>> = {
      error: () => sql`SELECT 1 / 0`.execute(db),
      rollback: () =>
        db.transaction().execute(async (trx) => {
          await appendAudit(trx, ACME, '2026-01-01T00:00:00.000Z', [ENTRY]);
          throw new Error('changed my mind');
        }),
      'an error in a transaction': () => db.transaction().execute((trx) => sql`SELECT 1 / 0`.execute(trx)),
      timeout: () =>
        db.transaction().execute(async (trx) => {
          await sql`SET LOCAL statement_timeout = 20`.execute(trx);
          await sql`SELECT pg_sleep(5)`.execute(trx);
        }),
      disconnection: () => sql`SELECT pg_terminate_backend(pg_backend_pid())`.execute(db),
    };
    for (const harm of Object.values(harms)) {
      await expect(harm()).rejects.toThrow();
      const client = await pool.connect();
      const { rows } = await client.query("SELECT coalesce(current_setting('gatra.tenant', true), '') AS tenant");
      pool.release(client, false);
      expect(rows).toEqual([{ tenant: '' }]);
      expect([await noted(GLOBEX), await noted(ACME)]).toEqual([[], [ACME]]);
    }
  });

  it('TEN-08 a role that the policies do not bind is refused, and so are tables that are not there or of a later version', async () => {
    const urls = { app: server().url(database, 'gatra_app'), owner: server().url(database, 'gatra_owner') };
    const opening = async (app: string, steps = databaseSteps): Promise<void> => (await openPostgres({ app, owner: null }, steps)).close();
    await expect(opening(urls.owner)).rejects.toThrow(/gatra_owner of DATABASE_URL owns the tables.*DATABASE_MIGRATION_URL/);
    await expect(opening(server().url(database, 'gatra_super'))).rejects.toThrow(/is a superuser/);
    const empty = await server().emptyDatabase();
    await expect(opening(server().url(empty, 'gatra_app'))).rejects.toThrow(/lacks the step.*DATABASE_MIGRATION_URL/);
    await Promise.all(Array.from({ length: 3 }, () => migratePostgres(server().url(empty, 'gatra_owner'), 'gatra_app', databaseSteps)));
    await opening(server().url(empty, 'gatra_app'));
    const earlier = { ...databaseSteps, tenants: Object.fromEntries(Object.entries(databaseSteps.tenants).slice(1)) };
    await expect(opening(urls.app, earlier)).rejects.toThrow('later version of GATRA');
    await expect(migratePostgres(urls.owner, 'gatra_app', earlier)).rejects.toThrow('later version of GATRA');
  });

  it('answers again within ten seconds of a restart of PostgreSQL', async () => {
    await note(ACME);
    await server().kill();
    await expect(noted(ACME)).rejects.toThrow();
    await server().begin();
    const begun = performance.now();
    expect(await noted(ACME)).toEqual([ACME]);
    expect(performance.now() - begun).toBeLessThan(10_000);
  });
});
