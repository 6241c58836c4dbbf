import { join } from 'node:path';
import { Kysely } from 'kysely';
import type { TenantId } from '../../contracts/tenant.js';
import { tenantDirectory } from './data-directory.js';
import { ThreadedSqliteDialect } from './kysely-sqlite-dialect.js';
import { migrate, type Migrations } from './migrations.js';
import type { SqliteThread } from './sqlite-thread.js';
import { RetiredTenants } from '../tenancy/retired-tenants.js';
import { TenantDatabases } from './tenant-databases.js';

/** The case database of every tenant: one file each, opened and brought up to date on first use. */
export class SqliteTenantDatabases extends TenantDatabases {
  private readonly open = new Map<TenantId, Promise<Kysely<unknown>>>();

  constructor(
    private readonly thread: SqliteThread,
    private readonly dataDir: string,
    private readonly migrations: Migrations,
    private readonly retired = new RetiredTenants(),
  ) {
    super();
  }

  /** The database of one tenant, typed by the tables that the caller works with. @throws TenantRetired */
  async of<Tables>(tenant: TenantId): Promise<Kysely<Tables>> {
    this.retired.refuse(tenant);
    let database = this.open.get(tenant);
    if (!database) {
      database = this.openAndMigrate(tenant);
      this.open.set(tenant, database);
      database.catch(() => this.open.delete(tenant));
    }
    return (await database) as Kysely<Tables>;
  }

  /** Closes one tenant's file. */
  async close(tenant: TenantId): Promise<void> {
    const database = await this.open.get(tenant)?.catch(() => undefined);
    this.open.delete(tenant);
    await database?.destroy();
  }

  /** Closes all files; later calls open them again. */
  async closeAll(): Promise<void> {
    const databases = [...this.open.values()];
    this.open.clear();
    for (const database of await Promise.allSettled(databases)) if (database.status === 'fulfilled') await database.value.destroy();
  }

  private async openAndMigrate(tenant: TenantId): Promise<Kysely<unknown>> {
    const file = join(tenantDirectory(this.dataDir, tenant), 'cases.db');
    const db = new Kysely<unknown>({ dialect: new ThreadedSqliteDialect(this.thread, file) });
    await migrate(db, this.migrations);
    return db;
  }
}
