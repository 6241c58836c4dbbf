import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Kysely } from 'kysely';
import type { TenantId } from '../../contracts/tenant.js';
import { markCases, refuseLostCases, unmarkCases } from './cases-mark.js';
import { countTables } from './count-tables.js';
import { tenantDirectory, tenantDirectoryPath } from './data-directory.js';
import { ThreadedSqliteDialect } from './kysely-sqlite-dialect.js';
import { migrate, type Migrations } from './migrations.js';
import { NOBODY_LISTENS, type SqliteListener } from './sqlite-listener.js';
import type { SqliteThread } from './sqlite-thread.js';
import { DatabaseDamaged } from './storage-fault.js';
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
    private readonly listener: SqliteListener = NOBODY_LISTENS,
  ) {
    super();
  }

  /**
   * The database of one tenant, typed by the tables that the caller works with.
   * @throws TenantRetired
   * @throws DatabaseDamaged where it was there and is not any more.
   */
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

  async glance<Tables, T>(tenant: TenantId, read: (db: Kysely<Tables>) => Promise<T>): Promise<T | undefined> {
    this.retired.refuse(tenant);
    const file = fileOf(tenantDirectoryPath(this.dataDir, tenant));
    this.refuseLost(file);
    if (!existsSync(file)) return undefined;
    const db = new Kysely<Tables>({ dialect: new ThreadedSqliteDialect(this.thread, file) });
    try {
      return await read(db);
    } finally {
      await db.destroy();
    }
  }

  /** Closes one tenant's file. */
  async close(tenant: TenantId): Promise<void> {
    const database = await this.open.get(tenant)?.catch(() => undefined);
    this.open.delete(tenant);
    await database?.destroy();
  }

  async rowsOf(tenant: TenantId): Promise<Readonly<Record<string, number>>> {
    const file = fileOf(tenantDirectoryPath(this.dataDir, tenant));
    return existsSync(file) ? countTables(this.thread, file) : {};
  }

  async erase(tenant: TenantId): Promise<void> {
    const file = fileOf(tenantDirectoryPath(this.dataDir, tenant));
    unmarkCases(file);
    for (const part of [file, `${file}-wal`, `${file}-shm`]) await rm(part, { force: true });
  }

  /** Closes all files; later calls open them again. */
  async closeAll(): Promise<void> {
    const databases = [...this.open.values()];
    this.open.clear();
    for (const database of await Promise.allSettled(databases)) if (database.status === 'fulfilled') await database.value.destroy();
  }

  private async openAndMigrate(tenant: TenantId): Promise<Kysely<unknown>> {
    const file = fileOf(tenantDirectory(this.dataDir, tenant));
    this.refuseLost(file);
    const db = new Kysely<unknown>({ dialect: new ThreadedSqliteDialect(this.thread, file) });
    await migrate(db, this.migrations);
    markCases(file);
    return db;
  }

  private refuseLost(file: string): void {
    try {
      refuseLostCases(file);
    } catch (error) {
      if (error instanceof DatabaseDamaged) this.listener.faulty('damaged', error, file);
      throw error;
    }
  }
}

function fileOf(directory: string): string {
  return join(directory, 'cases.db');
}
