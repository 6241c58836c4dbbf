import { sql } from 'kysely';
import type { Migrations } from '../storage/migrations.js';

/** The work queue, in each tenant's database. */
export const workMigrations: Migrations = {
  'work-0001-items': {
    async up(db) {
      await sql`CREATE TABLE work_item (
        kind TEXT NOT NULL, key TEXT NOT NULL, payload TEXT NOT NULL, correlation_id TEXT NOT NULL, state TEXT NOT NULL,
        attempts INTEGER NOT NULL, not_before INTEGER NOT NULL, lease_until INTEGER NOT NULL, generation INTEGER NOT NULL,
        enqueued_at INTEGER NOT NULL, last_error TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID, STRICT`.execute(db);
      await sql`CREATE INDEX work_item_due ON work_item (kind, not_before, enqueued_at) WHERE state = 'waiting'`.execute(db);
    },
  },
  'work-0002-traceparent': {
    async up(db) {
      await sql`ALTER TABLE work_item ADD COLUMN traceparent TEXT`.execute(db);
    },
  },
};
