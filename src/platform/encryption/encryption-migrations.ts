import { sql } from 'kysely';
import type { Migrations } from '../storage/migrations.js';

/** The tenants' wrapped keys, in the platform's database: apart from what they encrypt, so that without them it is nothing. */
export const encryptionMigrations: Migrations = {
  'encryption-0001-tenant-keys': {
    async up(db) {
      await sql`CREATE TABLE tenant_key (
        tenant_id TEXT NOT NULL, purpose TEXT NOT NULL, number INTEGER NOT NULL, kek_id TEXT NOT NULL, wrapped BLOB NOT NULL,
        created_at TEXT NOT NULL, PRIMARY KEY (tenant_id, purpose, number)) WITHOUT ROWID, STRICT`.execute(db);
    },
  },
};
