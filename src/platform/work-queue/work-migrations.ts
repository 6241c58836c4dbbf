import { sql } from 'kysely';
import type { Migrations } from '../storage/migrations.js';

const ADDED = [
  'holder TEXT',
  'scheduled_at INTEGER',
  'first_failed_at INTEGER',
  'last_failed_at INTEGER',
  'dead_letter_id TEXT',
  'traceparent TEXT',
];

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
  'work-0002-holders-and-dead-letters': {
    async up(db) {
      await sql`ALTER TABLE work_item DROP COLUMN lease_until`.execute(db);
      for (const column of ADDED) await sql`ALTER TABLE work_item ADD COLUMN ${sql.raw(column)}`.execute(db);
      await sql`UPDATE work_item SET dead_letter_id = lower(hex(randomblob(16))), first_failed_at = enqueued_at, last_failed_at = enqueued_at
        WHERE state = 'dead'`.execute(db);
      await sql`CREATE INDEX work_item_held ON work_item (holder) WHERE holder IS NOT NULL`.execute(db);
      await sql`CREATE UNIQUE INDEX work_item_dead ON work_item (dead_letter_id) WHERE dead_letter_id IS NOT NULL`.execute(db);
      await sql`CREATE TABLE dead_letter_end (
        dead_letter_id TEXT PRIMARY KEY, outcome TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID, STRICT`.execute(db);
    },
  },
};
