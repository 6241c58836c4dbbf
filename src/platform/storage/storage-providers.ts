import type { Provider } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { LastResort } from '../lifecycle/last-resort.js';
import { Metrics } from '../observability/metrics.js';
import { commonTenantMigrations, platformMigrations } from '../platform-migrations.js';
import { RetiredTenants } from '../tenancy/retired-tenants.js';
import { DamageRegister } from './damage-register.js';
import { DiskReserve } from './disk-reserve.js';
import type { Migrations } from './migrations.js';
import { SqlitePlatformDatabase } from './sqlite-platform-database.js';
import { PlatformDatabase } from './platform-database.js';
import { refuseLaterCases } from './refuse-later-cases.js';
import { SqliteThread } from './sqlite-thread.js';
import { StorageFailure } from './storage-failure.js';
import { SqliteTenantDatabases } from './sqlite-tenant-databases.js';
import { TenantDatabases } from './tenant-databases.js';

/**
 * The databases, and the thread that holds them: measured, and watched over; and what follows from a disk that is full or fails.
 * @param featureMigrations of the features' tables in each tenant's database.
 */
export function storageProviders({ dataDir, storage }: Config, featureMigrations: Migrations): Provider[] {
  return [
    DamageRegister,
    { provide: StorageFailure, useFactory: () => new StorageFailure() },
    { provide: DiskReserve, useFactory: () => new DiskReserve(dataDir, storage.reserveBytes) },
    {
      provide: SqliteThread,
      inject: [Metrics, LastResort, StorageFailure, DiskReserve],
      useFactory: (metrics: Metrics, lastResort: LastResort, failure: StorageFailure, reserve: DiskReserve) =>
        new SqliteThread({
          answered: (store, operation, seconds) => metrics.storeOperations.observe({ store, operation }, seconds),
          lost: (error) => lastResort.threadLost(error),
          faulty: (fault, error) => {
            if (fault === 'sync_failed') failure.fail(error.message);
            if (fault === 'full') reserve.look();
          },
        }),
    },
    {
      provide: TenantDatabases,
      inject: [SqliteThread, RetiredTenants],
      useFactory: (thread: SqliteThread, retired: RetiredTenants) => {
        const migrations = { ...commonTenantMigrations, ...featureMigrations };
        refuseLaterCases(dataDir, migrations);
        return new SqliteTenantDatabases(thread, dataDir, migrations, retired);
      },
    },
    {
      provide: PlatformDatabase,
      inject: [SqliteThread],
      useFactory: (thread: SqliteThread) => new SqlitePlatformDatabase(thread, dataDir, platformMigrations),
    },
  ];
}
