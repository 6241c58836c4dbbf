import { Kysely, PostgresDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import pg from 'pg';
import type { DatabaseSteps, TableOwner } from '../databases.js';
import { refuseUnknownSteps, type Migrations } from '../migrations.js';
import { ERASING_SETTING, PLATFORM_SCHEMA, STEPS_SCHEMA, TENANT_SCHEMA, TENANT_SETTING } from './postgres-scope.js';
import { SchemaPlugin } from './schema-plugin.js';

export const SCHEMAS: Readonly<Record<TableOwner, string>> = { tenants: TENANT_SCHEMA, platform: PLATFORM_SCHEMA };

/** What the application calls to delete a tenant, in the tenants' schema. */
export const ERASE_OWN_ROWS = 'erase_own_rows';
const ERASER = `${TENANT_SCHEMA}.${ERASE_OWN_ROWS}`;

const CONNECT_MS = 5_000;

/**
 * Makes the tables, or brings them up to date, and lets the application use them: under a lock, so that processes that start together do it one after another.
 * @param url of the role that owns the tables.
 * @param appRole that the application connects as.
 * @throws StoreVersionError where a later version of the program has worked on them.
 */
export async function migratePostgres(url: string, appRole: string, steps: DatabaseSteps): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  await client.connect();
  try {
    for (const schema of [...Object.values(SCHEMAS), STEPS_SCHEMA]) await makeSchema(client, schema);
    for (const owner of ['platform', 'tenants'] as const) refuseUnknownSteps(await stepsDone(client, owner), stepsOf(steps, owner));
    for (const owner of ['platform', 'tenants'] as const) await migrateSchema(url, owner, stepsOf(steps, owner));
    await allow(client, pg.escapeIdentifier(appRole));
  } finally {
    await client.end();
  }
}

/** The steps of a schema, in which all tenants share tables. */
export function stepsOf(steps: DatabaseSteps, owner: TableOwner): Migrations {
  return owner === 'tenants' ? { ...steps.tenants, ...steps.shared } : steps[owner];
}

/** Names of the steps that were done, in order; none where there is no schema yet. */
export async function stepsDone(client: Pick<pg.ClientBase, 'query'>, owner: TableOwner): Promise<readonly string[]> {
  const { rows: tables } = await client.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [
    `${STEPS_SCHEMA}.${owner}`,
  ]);
  if (tables[0]?.there !== true) return [];
  const { rows } = await client.query<{ name: string }>(`SELECT name FROM ${STEPS_SCHEMA}.${owner} ORDER BY name`);
  return rows.map(({ name }) => name);
}

async function makeSchema(client: pg.Client, schema: string): Promise<void> {
  const { rows } = await client.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema]);
  if (rows.length > 0) return;
  await client.query(`CREATE SCHEMA ${schema}`).catch((error: { code?: unknown }) => {
    const isMadeMeanwhile = error.code === '42P06' || error.code === '23505';
    if (!isMadeMeanwhile) throw error;
  });
}

async function migrateSchema(url: string, owner: TableOwner, migrations: Migrations): Promise<void> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 1,
    connectionTimeoutMillis: CONNECT_MS,
    options: `-c search_path=${SCHEMAS[owner]} -c ${TENANT_SETTING}= -c client_min_messages=warning`,
  });
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  const plugin = new SchemaPlugin(owner);
  const translated: Migrations = Object.fromEntries(
    Object.entries(migrations).map(([name, step]) => [name, { up: (trx: Kysely<unknown>) => step.up(trx.withPlugin(plugin)) }]),
  );
  try {
    const migrator = new Migrator({
      db,
      allowUnorderedMigrations: true,
      migrationTableSchema: STEPS_SCHEMA,
      migrationTableName: owner,
      migrationLockTableName: `${owner}_lock`,
      provider: { getMigrations: async () => translated },
    });
    const { error } = await migrator.migrateToLatest();
    if (error) throw error instanceof Error ? error : new Error('migration failed', { cause: error });
  } finally {
    await db.destroy();
  }
}

/** What removes all rows of the tenant that a transaction is for, audit records too, and nothing of another. The application cannot delete those itself. */
async function makeEraser(client: pg.Client): Promise<void> {
  await client.query(`CREATE OR REPLACE FUNCTION ${ERASER}() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DECLARE
      own text := current_setting('${TENANT_SETTING}');
      owned regclass;
    BEGIN
      IF own = '' THEN RAISE EXCEPTION 'no tenant is named'; END IF;
      PERFORM set_config('${ERASING_SETTING}', 'yes', true);
      FOR owned IN SELECT oid FROM pg_class WHERE relnamespace = '${TENANT_SCHEMA}'::regnamespace AND relkind = 'r' LOOP
        EXECUTE format('DELETE FROM %s WHERE tenant_id = $1', owned) USING own;
      END LOOP;
      PERFORM set_config('${ERASING_SETTING}', '', true);
    END $$`);
  await client.query(`REVOKE ALL ON FUNCTION ${ERASER}() FROM PUBLIC`);
}

/** Lets the application use the tables, in one process after another. */
async function allow(client: pg.Client, role: string): Promise<void> {
  await client.query('BEGIN');
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('${STEPS_SCHEMA} grants', 0))`);
  await makeEraser(client);
  await grant(client, role);
  await client.query('COMMIT');
}

/** The application reads and writes rows and nothing else; what a trigger keeps from being changed it has no right to change either. */
async function grant(client: pg.Client, role: string): Promise<void> {
  await client.query(`GRANT USAGE ON SCHEMA ${[...Object.values(SCHEMAS), STEPS_SCHEMA].join(', ')} TO ${role}`);
  await client.query(`GRANT SELECT ON ALL TABLES IN SCHEMA ${STEPS_SCHEMA} TO ${role}`);
  await client.query(`GRANT EXECUTE ON FUNCTION ${ERASER}() TO ${role}`);
  for (const schema of Object.values(SCHEMAS)) {
    await client.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${role}`);
    const { rows } = await client.query<{ table: string }>(
      `SELECT quote_ident(relname) AS "table" FROM pg_class JOIN pg_trigger ON tgrelid = pg_class.oid
       WHERE relnamespace = $1::regnamespace AND tgname = relname || '_no_update'`,
      [schema],
    );
    for (const { table } of rows) await client.query(`REVOKE UPDATE, DELETE ON ${schema}.${table} FROM ${role}`);
  }
}
