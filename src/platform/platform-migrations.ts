import { auditMigrations } from './audit/audit-migrations.js';
import { apiKeyMigrations } from './auth/api-key-migrations.js';
import { encryptionMigrations } from './encryption/encryption-migrations.js';
import { evidenceMigrations } from './audit/evidence-migrations.js';
import { feedMigrations } from './feed/feed-migrations.js';
import { idempotencyMigrations } from './idempotency/idempotency-migrations.js';
import { leaseMigrations } from './storage/leases.js';
import { revocationMigrations } from './revocation/revocation-migrations.js';
import type { Migrations } from './storage/migrations.js';
import { tenantMigrations } from './tenancy/tenant-migrations.js';
import { workMigrations } from './work-queue/work-migrations.js';

/** Tables of the platform's database. */
export const platformMigrations: Migrations = {
  ...auditMigrations,
  ...idempotencyMigrations,
  ...apiKeyMigrations,
  ...revocationMigrations,
  ...tenantMigrations,
  ...encryptionMigrations,
  ...leaseMigrations,
};

/** The platform's tables in each tenant's database. */
export const commonTenantMigrations: Migrations = {
  ...auditMigrations,
  ...evidenceMigrations,
  ...feedMigrations,
  ...idempotencyMigrations,
  ...workMigrations,
};
