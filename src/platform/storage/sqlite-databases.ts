import { RetiredTenants } from '../tenancy/retired-tenants.js';
import { Databases, type DatabaseSteps } from './databases.js';
import { refuseLaterCases } from './refuse-later-cases.js';
import { refuseLostPlatform } from './refuse-lost-platform.js';
import type { SqliteListener } from './sqlite-listener.js';
import { SqlitePlatformDatabase } from './sqlite-platform-database.js';
import { SqliteTenantDatabases } from './sqlite-tenant-databases.js';
import { SqliteThread } from './sqlite-thread.js';

/** The databases as files in a data directory, and the thread that holds them. */
export class SqliteDatabases extends Databases {
  readonly platform: SqlitePlatformDatabase;
  readonly tenants: SqliteTenantDatabases;
  private readonly thread: SqliteThread;

  /** @throws StoreVersionError where a later version of the program has worked on a tenant's cases; PlatformLostError. */
  constructor(
    dataDir: string,
    steps: DatabaseSteps,
    { retired, listener }: { readonly retired?: RetiredTenants; readonly listener?: SqliteListener } = {},
  ) {
    super();
    refuseLostPlatform(dataDir);
    refuseLaterCases(dataDir, steps.tenants);
    this.thread = new SqliteThread(listener);
    this.platform = new SqlitePlatformDatabase(this.thread, dataDir, steps.platform);
    this.tenants = new SqliteTenantDatabases(this.thread, dataDir, steps.tenants, retired, listener);
  }

  async close(): Promise<void> {
    await this.tenants.closeAll();
    await this.platform.close();
    await this.thread.end();
  }
}
