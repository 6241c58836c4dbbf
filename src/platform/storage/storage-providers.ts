import type { Provider } from '@nestjs/common';
import type { Config } from '../config/config.js';
import { platformMigrations } from '../platform-migrations.js';
import { DamageRegister } from './damage-register.js';
import { DiskReserve } from './disk-reserve.js';
import { PlatformDatabase } from './platform-database.js';
import { SqliteThread } from './sqlite-thread.js';
import { StorageFailure } from './storage-failure.js';

/** The thread that owns the databases, the platform's own, and what follows from a disk that is full or fails. */
export function storageProviders(config: Config): Provider[] {
  return [
    DamageRegister,
    { provide: StorageFailure, useFactory: () => new StorageFailure() },
    { provide: DiskReserve, useFactory: () => new DiskReserve(config.dataDir, config.storage.reserveBytes) },
    {
      provide: SqliteThread,
      inject: [StorageFailure, DiskReserve],
      useFactory: (failure: StorageFailure, reserve: DiskReserve) =>
        new SqliteThread((fault, error) => {
          if (fault === 'sync_failed') failure.fail(error.message);
          if (fault === 'full') reserve.look();
        }),
    },
    {
      provide: PlatformDatabase,
      inject: [SqliteThread],
      useFactory: (thread: SqliteThread) => new PlatformDatabase(thread, config.dataDir, platformMigrations),
    },
  ];
}
