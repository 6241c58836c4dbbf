import { sql } from 'kysely';
import type { Migrations } from '../storage/migrations.js';

/** Tenants, in the platform's database. */
export const tenantMigrations: Migrations = {
  'tenancy-0001-tenants': {
    async up(db) {
      await sql`CREATE TABLE tenant (tenant_id TEXT PRIMARY KEY, version INTEGER NOT NULL, document TEXT NOT NULL) STRICT`.execute(db);
    },
  },
};
