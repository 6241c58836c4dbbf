import { Kysely, sql } from 'kysely';
import type { TenantId } from '../../../contracts/tenant.js';
import { RetiredTenants } from '../../tenancy/retired-tenants.js';
import { TenantDatabases } from '../tenant-databases.js';
import { ERASE_OWN_ROWS } from './migrate-postgres.js';
import type { PostgresPool } from './postgres-pool.js';
import { PostgresScope, TENANT_SCHEMA } from './postgres-scope.js';
import { ScopedPostgresDialect } from './scoped-dialect.js';

/** The cases of all tenants in tables that they share, kept apart by row-level security. */
export class PostgresTenantDatabases extends TenantDatabases {
  private readonly open = new Map<TenantId, Kysely<unknown>>();

  /** @param pool of a role that row-level security binds; its tables are made. */
  constructor(
    private readonly pool: PostgresPool,
    private readonly retired = new RetiredTenants(),
  ) {
    super();
  }

  async of<Tables>(tenant: TenantId): Promise<Kysely<Tables>> {
    this.retired.refuse(tenant);
    let database = this.open.get(tenant);
    if (!database) {
      database = this.databaseOf(tenant);
      this.open.set(tenant, database);
    }
    return database as Kysely<Tables>;
  }

  async glance<Tables, T>(tenant: TenantId, read: (db: Kysely<Tables>) => Promise<T>): Promise<T | undefined> {
    return read(await this.of<Tables>(tenant));
  }

  async rowsOf(tenant: TenantId): Promise<Readonly<Record<string, number>>> {
    const db = this.databaseOf(tenant);
    const { rows: tables } = await sql<{ name: string }>`SELECT relname AS name FROM pg_class
      WHERE relnamespace = ${TENANT_SCHEMA}::regnamespace AND relkind = 'r' ORDER BY relname`.execute(db);
    const counts: Record<string, number> = {};
    for (const { name } of tables) {
      const { rows } = await sql<{ count: number }>`SELECT count(*) AS count FROM ${sql.table(name)}`.execute(db);
      counts[name] = rows[0]?.count ?? 0;
    }
    return counts;
  }

  async erase(tenant: TenantId): Promise<void> {
    await this.databaseOf(tenant)
      .transaction()
      .execute((trx) => sql`SELECT ${sql.id(TENANT_SCHEMA, ERASE_OWN_ROWS)}()`.execute(trx));
  }

  async close(tenant: TenantId): Promise<void> {
    const database = this.open.get(tenant);
    this.open.delete(tenant);
    await database?.destroy();
  }

  async closeAll(): Promise<void> {
    const databases = [...this.open.values()];
    this.open.clear();
    for (const database of databases) await database.destroy();
  }

  private databaseOf(tenant: TenantId): Kysely<unknown> {
    return new Kysely<unknown>({ dialect: new ScopedPostgresDialect(this.pool, new PostgresScope(tenant)) });
  }
}
