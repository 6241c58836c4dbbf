import type { Provider } from '@nestjs/common';
import { LastResort } from '../lifecycle/last-resort.js';
import { Metrics } from '../observability/metrics.js';
import { commonTenantMigrations, platformMigrations } from '../platform-migrations.js';
import { RetiredTenants } from '../tenancy/retired-tenants.js';
import type { Migrations } from './migrations.js';
import { PlatformDatabase } from './platform-database.js';
import { SqliteThread } from './sqlite-thread.js';
import { TenantDatabases } from './tenant-databases.js';

/** The databases, and the thread that holds them: measured, and watched over. @param featureMigrations of the features' tables in each tenant's database */
export function storageProviders(dataDir: string, featureMigrations: Migrations): Provider[] {
  return [
    {
      provide: SqliteThread,
      inject: [Metrics, LastResort],
      useFactory: (metrics: Metrics, lastResort: LastResort) =>
        new SqliteThread({
          answered: (store, operation, seconds) => metrics.storeOperations.observe({ store, operation }, seconds),
          lost: (error) => lastResort.threadLost(error),
        }),
    },
    {
      provide: TenantDatabases,
      inject: [SqliteThread, RetiredTenants],
      useFactory: (thread: SqliteThread, retired: RetiredTenants) =>
        new TenantDatabases(thread, dataDir, { ...commonTenantMigrations, ...featureMigrations }, retired),
    },
    {
      provide: PlatformDatabase,
      inject: [SqliteThread],
      useFactory: (thread: SqliteThread) => new PlatformDatabase(thread, dataDir, platformMigrations),
    },
  ];
}
