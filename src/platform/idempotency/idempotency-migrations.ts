import { sql } from 'kysely';
import type { Migrations } from '../storage/migrations.js';

/** Answers of unsafe requests by their idempotency key, in the tenant's and in the platform's database. */
export const idempotencyMigrations: Migrations = {
  'idempotency-0001-requests': {
    async up(db) {
      await sql`CREATE TABLE idempotency (
        key TEXT PRIMARY KEY, digest TEXT NOT NULL, begun_at INTEGER NOT NULL, status INTEGER, body TEXT) WITHOUT ROWID, STRICT`.execute(
        db,
      );
      await sql`CREATE INDEX idempotency_begun ON idempotency (begun_at)`.execute(db);
    },
  },
};
