import { Module } from '@nestjs/common';
import { TenantDatabases } from '../../platform/storage/tenant-databases.js';
import { AlertIntake } from '../ingest/domain/alert-intake.js';
import { SqliteAlertStore } from './adapters/sqlite-alert-store.js';
import { AlertStore } from './domain/alert-store.js';
import { StoredAlertIntake } from './stored-alert-intake.js';

/** Alerts and incidents: raising, triage, grouping, response. */
@Module({
  providers: [
    { provide: AlertStore, inject: [TenantDatabases], useFactory: (databases: TenantDatabases) => new SqliteAlertStore(databases) },
    { provide: AlertIntake, useClass: StoredAlertIntake },
  ],
  exports: [AlertIntake, AlertStore],
})
export class CasesModule {}
