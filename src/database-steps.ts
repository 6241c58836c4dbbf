import { adaMigrations } from './ada/adapters/ada-migrations.js';
import { claMigrations } from './cla/adapters/cla-migrations.js';
import { craMigrations } from './cra/adapters/cra-migrations.js';
import { caseMigrations } from './mssp/cases/adapters/case-migrations.js';
import { eventPlaceMigrations } from './mssp/ingest/adapters/event-place.js';
import { eventMigrations } from './mssp/ingest/adapters/postgres/event-migrations.js';
import { lakeMigrations } from './mssp/lake/adapters/lake-migrations.js';
import { clockRecordMigrations } from './mssp/retention/adapters/sql-clock-records.js';
import { commonTenantMigrations, platformMigrations } from './platform/platform-migrations.js';
import type { DatabaseSteps } from './platform/storage/databases.js';
import { taaMigrations } from './taa/adapters/taa-migrations.js';

/** The steps of all tables of this version, for whoever puts the platform together. */
export const databaseSteps: DatabaseSteps = {
  platform: { ...platformMigrations, ...eventPlaceMigrations, ...clockRecordMigrations },
  tenants: {
    ...commonTenantMigrations,
    ...caseMigrations,
    ...taaMigrations,
    ...craMigrations,
    ...claMigrations,
    ...adaMigrations,
    ...lakeMigrations,
  },
  shared: eventMigrations,
};
