import { Logger, type Provider } from '@nestjs/common';
import { AuditLog } from '../audit/audit-log.js';
import type { Config } from '../config/config.js';
import { construct } from '../construct.js';
import { LastResort } from '../lifecycle/last-resort.js';
import { Metrics } from '../observability/metrics.js';
import type { Secrets } from '../secrets/secrets.js';
import { RetiredTenants } from '../tenancy/retired-tenants.js';
import { TenantDirectory } from '../tenancy/tenant-directory.js';
import { DamagedDatabaseRecords } from './damaged-database-records.js';
import { DamagedDatabases } from './damaged-databases.js';
import { DamageRegister } from './damage-register.js';
import { Databases, type DatabaseSteps } from './databases.js';
import { exposeDisk } from './disk-gauges.js';
import { DiskReserve } from './disk-reserve.js';
import { openDatabases, type DatabaseListener } from './open-databases.js';
import { PlatformDatabase } from './platform-database.js';
import { PoolGauges } from './pool-gauges.js';
import { StorageFailure } from './storage-failure.js';
import { TenantDatabases } from './tenant-databases.js';

/** The databases, measured and watched over, and what follows from a disk that is full or fails. */
export function storageProviders({ dataDir, storage }: Config, { postgres }: Secrets, steps: DatabaseSteps): Provider[] {
  return [
    DamageRegister,
    {
      provide: DamagedDatabases,
      inject: [Metrics, DamageRegister],
      useFactory: construct(DamagedDatabases),
    },
    {
      provide: DamagedDatabaseRecords,
      inject: [DamagedDatabases, AuditLog, TenantDirectory],
      useFactory: (damages: DamagedDatabases, audit: AuditLog, tenants: TenantDirectory) =>
        new DamagedDatabaseRecords({ damages, audit, tenants, dataDir }),
    },
    { provide: StorageFailure, useFactory: () => new StorageFailure() },
    {
      provide: DiskReserve,
      inject: [Metrics],
      useFactory: (metrics: Metrics) => {
        const reserve = new DiskReserve(dataDir, storage.reserveBytes);
        exposeDisk(metrics, dataDir, reserve);
        return reserve;
      },
    },
    {
      provide: Databases,
      inject: [Metrics, LastResort, StorageFailure, DiskReserve, RetiredTenants, DamagedDatabases],
      useFactory: (
        ...[metrics, lastResort, failure, reserve, retired, damages]: [
          Metrics,
          LastResort,
          StorageFailure,
          DiskReserve,
          RetiredTenants,
          DamagedDatabases,
        ]
      ) => {
        const logger = new Logger('Databases');
        const pools = new PoolGauges(metrics);
        const listener: DatabaseListener = {
          answered: (store, operation, seconds) => metrics.storeOperations.observe({ store, operation }, seconds),
          lost: (error) => lastResort.threadLost(error),
          faulty: (fault, error, file) => {
            if (fault === 'damaged') damages.tell(file, error);
            if (fault === 'sync_failed') failure.fail(error.message);
            if (fault === 'full') reserve.look();
          },
          opened: (store, load) => pools.add(store, load),
          disconnected: (store, error) =>
            logger.warn({ err: error, event: 'database.disconnected', store }, 'a connection at rest has ended'),
        };
        return openDatabases({ dataDir, postgres }, steps, { retired, listener });
      },
    },
    { provide: TenantDatabases, inject: [Databases], useFactory: ({ tenants }: Databases) => tenants },
    { provide: PlatformDatabase, inject: [Databases], useFactory: ({ platform }: Databases) => platform },
  ];
}
