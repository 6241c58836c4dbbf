import { randomUUID } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
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
  'work-0002-holders-and-dead-letters': {
    async up(db) {
      await sql`ALTER TABLE work_item DROP COLUMN lease_until`.execute(db);
      await sql`ALTER TABLE work_item ADD COLUMN holder TEXT`.execute(db);
      await sql`ALTER TABLE work_item ADD COLUMN scheduled_at INTEGER`.execute(db);
      await sql`ALTER TABLE work_item ADD COLUMN first_failed_at INTEGER`.execute(db);
      await sql`ALTER TABLE work_item ADD COLUMN last_failed_at INTEGER`.execute(db);
      await sql`ALTER TABLE work_item ADD COLUMN dead_letter_id TEXT`.execute(db);
      await sql`ALTER TABLE work_item ADD COLUMN traceparent TEXT`.execute(db);
      await nameDeadLetters(db);
      await sql`CREATE INDEX work_item_held ON work_item (holder) WHERE holder IS NOT NULL`.execute(db);
      await sql`CREATE UNIQUE INDEX work_item_dead ON work_item (dead_letter_id) WHERE dead_letter_id IS NOT NULL`.execute(db);
      await sql`CREATE TABLE dead_letter_end (
        dead_letter_id TEXT PRIMARY KEY, outcome TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID, STRICT`.execute(db);
    },
  },
};

async function nameDeadLetters(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ kind: string; key: string }>`SELECT kind, key FROM work_item WHERE state = 'dead'`.execute(db);
  for (const { kind, key } of rows) {
    await sql`UPDATE work_item SET dead_letter_id = ${randomUUID()}, first_failed_at = enqueued_at, last_failed_at = enqueued_at
      WHERE kind = ${kind} AND key = ${key}`.execute(db);
  }
}
