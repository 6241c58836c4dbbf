import { sql } from 'kysely';
import type { Migrations } from '../storage/migrations.js';

/** API keys, in the platform's database. */
export const apiKeyMigrations: Migrations = {
  'auth-0001-api-keys': {
    async up(db) {
      await sql`CREATE TABLE api_key (
        key_id TEXT PRIMARY KEY, tenant_id TEXT, principal TEXT NOT NULL, kind TEXT NOT NULL, roles TEXT NOT NULL, hash TEXT NOT NULL,
        label TEXT NOT NULL, created_at TEXT NOT NULL, created_by TEXT NOT NULL, expires_at TEXT, revoked_at TEXT, last_used_at TEXT) STRICT`.execute(
        db,
      );
      await sql`CREATE INDEX api_key_tenant ON api_key (tenant_id, created_at)`.execute(db);
    },
  },
  'auth-0002-api-key-limits': {
    async up(db) {
      await sql`ALTER TABLE api_key ADD COLUMN type TEXT NOT NULL DEFAULT 'live'`.execute(db);
      await sql`ALTER TABLE api_key ADD COLUMN environment TEXT`.execute(db);
      await sql`ALTER TABLE api_key ADD COLUMN scopes TEXT`.execute(db);
      await sql`ALTER TABLE api_key ADD COLUMN allowed_cidrs TEXT NOT NULL DEFAULT '[]'`.execute(db);
      await sql`ALTER TABLE api_key ADD COLUMN not_before TEXT`.execute(db);
      await sql`ALTER TABLE api_key ADD COLUMN last_used_from TEXT`.execute(db);
      await sql`ALTER TABLE api_key ADD COLUMN pepper_version TEXT`.execute(db);
      await sql`ALTER TABLE api_key ADD COLUMN replaced_by TEXT`.execute(db);
    },
  },
};
