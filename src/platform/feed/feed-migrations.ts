import { sql } from 'kysely';
import type { Migrations } from '../storage/migrations.js';

/** The feed, in the tenant's own database: a change and what tells of it are one transaction. */
export const feedMigrations: Migrations = {
  'feed-0001-pages': {
    async up(db) {
      await sql`CREATE TABLE feed_page (
        last INTEGER PRIMARY KEY, first INTEGER NOT NULL, at INTEGER NOT NULL, mark TEXT NOT NULL, entries TEXT NOT NULL) STRICT`.execute(
        db,
      );
    },
  },
};
