import type { Provider } from '@nestjs/common';
import { ApiKeyStore } from '../auth/api-key-store.js';
import { SharedChanges } from '../changes/shared-changes.js';
import { Clock } from '../clock/clock.js';
import type { Config } from '../config/config.js';
import type { Secrets } from '../secrets/secrets.js';
import { PlatformDatabase } from '../storage/platform-database.js';
import { ErasureStore } from './erasure/erasure-store.js';
import { SqliteErasureStore } from './erasure/sqlite-erasure-store.js';
import { OutsidePlaces } from './erasure/outside-places.js';
import { TenantData } from './erasure/tenant-data.js';
import { TenantEraser } from './erasure/tenant-eraser.js';
import { RetiredTenants } from './retired-tenants.js';
import { SqliteTenantDirectory } from './sqlite-tenant-directory.js';
import { TenancyStartup } from './tenancy-startup.js';
import { TenantClosers } from './tenant-closers.js';
import { TenantDirectory } from './tenant-directory.js';
import { TenantFileEntries } from './tenant-file-entries.js';
import { TenantPresence } from './tenant-presence.js';
import { TenantsFileSync } from './tenants-file-sync.js';
import { TenantsFileWatcher } from './tenants-file-watcher.js';

/** Tenants: their directory, the file that configures them, and their end. */
export function tenancyProviders(config: Config, secrets: Secrets): Provider[] {
  return [
    RetiredTenants,
    TenantClosers,
    TenantPresence,
    TenantData,
    TenantEraser,
    OutsidePlaces,
    TenantsFileWatcher,
    { provide: ErasureStore, inject: [PlatformDatabase], useFactory: (database: PlatformDatabase) => new SqliteErasureStore(database) },
    {
      provide: TenantDirectory,
      inject: [PlatformDatabase, SharedChanges],
      useFactory: (database: PlatformDatabase, changes: SharedChanges) => new SqliteTenantDirectory(database, changes),
    },
    {
      provide: TenantsFileSync,
      inject: [TenantDirectory, PlatformDatabase, Clock],
      useFactory: (directory: TenantDirectory, database: PlatformDatabase, clock: Clock) =>
        new TenantsFileSync(config.tenantsFile, directory, new TenantFileEntries(database), clock),
    },
    {
      provide: TenancyStartup,
      inject: [TenantDirectory, ApiKeyStore, Clock, TenantsFileSync],
      useFactory: (directory: TenantDirectory, keys: ApiKeyStore, clock: Clock, file: TenantsFileSync) =>
        new TenancyStartup({ config, secrets, directory, keys, clock, file }),
    },
  ];
}
