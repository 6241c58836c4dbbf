import { sql } from 'kysely';
import type { Migrations } from '../../platform/storage/migrations.js';

/** A tenant's own filters and its back-tests, in its database. */
export const adaMigrations: Migrations = {
  'ada-0001-rule-filters': {
    async up(db) {
      await sql`CREATE TABLE ada_rule_filters (
        name TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL, document TEXT NOT NULL, updated_at TEXT NOT NULL,
        updated_by TEXT NOT NULL) WITHOUT ROWID, STRICT`.execute(db);
    },
  },
  'ada-0002-rule-backtests': {
    async up(db) {
      await sql`CREATE TABLE ada_rule_backtests (
        backtest_id TEXT NOT NULL PRIMARY KEY, document TEXT NOT NULL, span_from INTEGER NOT NULL, span_to INTEGER NOT NULL,
        state TEXT NOT NULL, created_at TEXT NOT NULL, created_by TEXT NOT NULL, correlation_id TEXT NOT NULL, started_at TEXT,
        ended_at TEXT, reason TEXT, turn INTEGER NOT NULL, progress TEXT NOT NULL) STRICT`.execute(db);
    },
  },
};
