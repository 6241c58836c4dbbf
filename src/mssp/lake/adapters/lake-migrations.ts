import { sql } from 'kysely';
import type { Migrations } from '../../../platform/storage/migrations.js';

/** How far copying has come, in each tenant's database. */
export const lakeMigrations: Migrations = {
  'lake-0001-progress': {
    async up(db) {
      await sql`CREATE TABLE lake_progress (
        lake TEXT NOT NULL PRIMARY KEY, month TEXT, sequence INTEGER NOT NULL, record INTEGER NOT NULL, batch TEXT, audit INTEGER NOT NULL,
        alerts TEXT, complete_until INTEGER) WITHOUT ROWID, STRICT`.execute(db);
    },
  },
  'lake-0002-earlier-months': {
    async up(db) {
      await sql`ALTER TABLE lake_progress ADD COLUMN earlier TEXT`.execute(db);
    },
  },
};
