import { Kysely } from 'kysely';
import type { TenantId } from '../../../contracts/tenant.js';
import { RetiredTenants } from '../../tenancy/retired-tenants.js';
import { TenantDatabases } from '../tenant-databases.js';
import type { PostgresPool } from './postgres-pool.js';
import { PostgresScope } from './postgres-scope.js';
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
      database = new Kysely<unknown>({ dialect: new ScopedPostgresDialect(this.pool, new PostgresScope(tenant)) });
      this.open.set(tenant, database);
    }
    return database as Kysely<Tables>;
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
}
