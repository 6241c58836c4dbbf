import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { featureMigrations } from '../../feature-migrations.js';
import type { AuditLog } from '../../platform/audit/audit-log.js';
import { SqliteAuditLog } from '../../platform/audit/sqlite-audit-log.js';
import { SystemClock } from '../../platform/clock/system-clock.js';
import { commonTenantMigrations, platformMigrations } from '../../platform/platform-migrations.js';
import { SqlitePlatformDatabase } from '../../platform/storage/sqlite-platform-database.js';
import type { PlatformDatabase } from '../../platform/storage/platform-database.js';
import { SqliteThread } from '../../platform/storage/sqlite-thread.js';
import { SqliteTenantDatabases } from '../../platform/storage/sqlite-tenant-databases.js';
import type { TenantDatabases } from '../../platform/storage/tenant-databases.js';
import { SqliteTenantDirectory } from '../../platform/tenancy/sqlite-tenant-directory.js';
import type { TenantDirectory } from '../../platform/tenancy/tenant-directory.js';

/** The stores of a data directory as a command uses them, beside a running app or without. */
export interface OpenStores {
  readonly dataDir: string;
  readonly platform: PlatformDatabase;
  readonly tenants: TenantDatabases;
  readonly directory: TenantDirectory;
  readonly audit: AuditLog;
  readonly clock: SystemClock;
}

/** Runs `work` with the stores of a data directory, and closes them. @throws Error where there is no data directory */
export async function withStores<T>(dataDir: string, work: (stores: OpenStores) => Promise<T>): Promise<T> {
  if (!existsSync(join(dataDir, 'platform.db'))) throw new Error(`there is no data directory of GATRA at ${dataDir}`);
  const thread = new SqliteThread();
  const clock = new SystemClock();
  const platform = new SqlitePlatformDatabase(thread, dataDir, platformMigrations);
  const tenants = new SqliteTenantDatabases(thread, dataDir, { ...commonTenantMigrations, ...featureMigrations });
  const directory = new SqliteTenantDirectory(platform);
  try {
    return await work({ dataDir, platform, tenants, directory, audit: new SqliteAuditLog(tenants, platform, clock), clock });
  } finally {
    await tenants.closeAll();
    await platform.close();
    await thread.end();
  }
}
