import { sql } from 'kysely';
import type { Migrations } from '../storage/migrations.js';

/** Tenants, in the platform's database. */
export const tenantMigrations: Migrations = {
  'tenancy-0001-tenants': {
    async up(db) {
      await sql`CREATE TABLE tenant (tenant_id TEXT PRIMARY KEY, version INTEGER NOT NULL, document TEXT NOT NULL) STRICT`.execute(db);
    },
  },
  'tenancy-0002-revision': {
    async up(db) {
      await sql`CREATE TABLE tenant_revision ("only" INTEGER PRIMARY KEY CHECK ("only" = 1), revision INTEGER NOT NULL) STRICT`.execute(db);
      await sql`INSERT INTO tenant_revision VALUES (1, 1)`.execute(db);
      await sql`CREATE TRIGGER tenant_insert AFTER INSERT ON tenant
          BEGIN UPDATE tenant_revision SET revision = revision + 1; END`.execute(db);
      await sql`CREATE TRIGGER tenant_update AFTER UPDATE ON tenant
          BEGIN UPDATE tenant_revision SET revision = revision + 1; END`.execute(db);
      await sql`CREATE TRIGGER tenant_delete AFTER DELETE ON tenant
          BEGIN UPDATE tenant_revision SET revision = revision + 1; END`.execute(db);
    },
  },
  'tenancy-0003-erasure': {
    async up(db) {
      await sql`CREATE TABLE tenant_erasure (
        tenant_id TEXT NOT NULL, incarnation INTEGER NOT NULL, state TEXT NOT NULL, document TEXT NOT NULL,
        PRIMARY KEY (tenant_id, incarnation)) WITHOUT ROWID, STRICT`.execute(db);
    },
  },
  'tenancy-0004-file': {
    async up(db) {
      await sql`CREATE TABLE tenant_file_entry (tenant_id TEXT PRIMARY KEY, settings TEXT NOT NULL) WITHOUT ROWID, STRICT`.execute(db);
    },
  },
};
