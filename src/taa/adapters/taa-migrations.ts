import { sql } from 'kysely';
import type { Migrations } from '../../platform/storage/migrations.js';

/** Indicators, and comparisons of stored events with them, in each tenant's database. */
export const taaMigrations: Migrations = {
  'taa-0001-indicators': {
    async up(db) {
      await sql`CREATE TABLE taa_indicator (
        indicator_id TEXT NOT NULL PRIMARY KEY, source TEXT NOT NULL, external_id TEXT NOT NULL, revoked INTEGER NOT NULL,
        digest TEXT NOT NULL, document TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
        UNIQUE (source, external_id)) WITHOUT ROWID, STRICT`.execute(db);
      await sql`CREATE TABLE taa_indicator_value (
        indicator_id TEXT NOT NULL REFERENCES taa_indicator (indicator_id) ON DELETE CASCADE, type TEXT NOT NULL, value TEXT NOT NULL,
        PRIMARY KEY (indicator_id, type, value)) WITHOUT ROWID, STRICT`.execute(db);
      await sql`CREATE INDEX taa_indicator_value_by_value ON taa_indicator_value (value, type)`.execute(db);
    },
  },
  'taa-0002-revision': {
    async up(db) {
      await sql`CREATE TABLE taa_revision (name TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID, STRICT`.execute(db);
    },
  },
  'taa-0003-retro-matches': {
    async up(db) {
      await sql`ALTER TABLE taa_indicator ADD COLUMN sought_since INTEGER NOT NULL DEFAULT 0`.execute(db);
      await sql`CREATE TABLE taa_retro_match (
        retro_id TEXT NOT NULL PRIMARY KEY, cause TEXT NOT NULL, scope_after INTEGER NOT NULL, scope_up_to INTEGER NOT NULL, source TEXT,
        span_from INTEGER NOT NULL, span_to INTEGER NOT NULL, state TEXT NOT NULL, created_at TEXT NOT NULL, created_by TEXT NOT NULL,
        correlation_id TEXT NOT NULL, started_at TEXT, ended_at TEXT, reason TEXT, turn INTEGER NOT NULL, progress TEXT NOT NULL) STRICT`.execute(
        db,
      );
    },
  },
};
