import { sql } from 'kysely';
import type { Migrations } from '../../platform/storage/migrations.js';

/** A tenant's own filters, in its database. */
export const adaMigrations: Migrations = {
  'ada-0001-rule-filters': {
    async up(db) {
      await sql`CREATE TABLE ada_rule_filters (
        name TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL, document TEXT NOT NULL, updated_at TEXT NOT NULL,
        updated_by TEXT NOT NULL) WITHOUT ROWID, STRICT`.execute(db);
    },
  },
};
