import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { databaseSteps } from '../../database-steps.js';
import type { AuditLog } from '../../platform/audit/audit-log.js';
import { SqliteAuditLog } from '../../platform/audit/sqlite-audit-log.js';
import { SystemClock } from '../../platform/clock/system-clock.js';
import { processEnvironment, readConfig } from '../../platform/config/environment.js';
import { findPostgres } from '../../platform/secrets/load-secrets.js';
import type { Databases } from '../../platform/storage/databases.js';
import { openDatabases } from '../../platform/storage/open-databases.js';
import type { PlatformDatabase } from '../../platform/storage/platform-database.js';
import type { PostgresUrls } from '../../platform/storage/postgres/open-postgres.js';
import type { TenantDatabases } from '../../platform/storage/tenant-databases.js';
import { SqliteTenantDirectory } from '../../platform/tenancy/sqlite-tenant-directory.js';
import type { TenantDirectory } from '../../platform/tenancy/tenant-directory.js';

/** The stores as a command uses them, beside a running app or without. */
export interface OpenStores {
  readonly dataDir: string;
  /** Null where the databases are files of the data directory. */
  readonly postgres: PostgresUrls | null;
  readonly platform: PlatformDatabase;
  readonly tenants: TenantDatabases;
  readonly directory: TenantDirectory;
  readonly audit: AuditLog;
  readonly clock: SystemClock;
}

/** Runs `work` with the stores that the environment and a data directory name, and closes them. @throws Error where there is no data directory */
export async function withStores<T>(dataDir: string, work: (stores: OpenStores) => Promise<T>): Promise<T> {
  const postgres = await postgresOf(dataDir);
  if (!existsSync(postgres === null ? join(dataDir, 'platform.db') : dataDir))
    throw new Error(`there is no data directory of GATRA at ${dataDir}`);
  const clock = new SystemClock();
  return withDatabases({ dataDir, postgres }, ({ platform, tenants }) => {
    const directory = new SqliteTenantDirectory(platform);
    return work({ dataDir, postgres, platform, tenants, directory, audit: new SqliteAuditLog(tenants, platform, clock), clock });
  });
}

/** Runs `work` with the databases, which are made where there are none, and closes them. */
export async function withDatabases<T>(
  place: { readonly dataDir: string; readonly postgres: PostgresUrls | null },
  work: (databases: Databases) => Promise<T>,
): Promise<T> {
  const databases = await openDatabases(place, databaseSteps);
  try {
    return await work(databases);
  } finally {
    await databases.close();
  }
}

/** Where PostgreSQL is, for an app on a data directory with this environment; null where the databases are files. @throws EnvironmentError */
export function postgresOf(dataDir: string): Promise<PostgresUrls | null> {
  const env = { ...processEnvironment(), GATRA_DATA_DIR: dataDir };
  return findPostgres(readConfig(env), env);
}
