import type { PostgresServer } from './postgres-server.js';

/** Variables of an app on a database of its own, whose tables it makes. */
export async function onPostgres(
  server: PostgresServer,
): Promise<{ readonly database: string; readonly env: Readonly<Record<string, string>> }> {
  const database = await server.emptyDatabase();
  const env = { DATABASE_URL: server.url(database, 'gatra_app'), DATABASE_MIGRATION_URL: server.url(database, 'gatra_owner') };
  return { database, env };
}

/** Rows of a tenant in every table that has any, as the superuser sees them. */
export async function rowsOfTenant(server: PostgresServer, database: string, tenant: string): Promise<Readonly<Record<string, number>>> {
  const tables = await server.ask<{ name: string }>(
    "SELECT relname AS name FROM pg_class WHERE relnamespace = 'gatra_tenants'::regnamespace AND relkind = 'r' ORDER BY relname",
    database,
  );
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const [row] = await server.ask<{ rows: string }>(`SELECT count(*) AS rows FROM gatra_tenants.${name} WHERE tenant_id = $1`, database, [
      tenant,
    ]);
    if (Number(row?.rows) > 0) counts[name] = Number(row?.rows);
  }
  return counts;
}
