import { sql } from 'kysely';
import type { Migrations } from '../storage/migrations.js';

/** Revocations, in the platform's database. `seq` only grows, in the order of commits. */
export const revocationMigrations: Migrations = {
  'revocation-0001-revocations': {
    async up(db) {
      await sql`CREATE TABLE revocation (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, subject TEXT NOT NULL, at INTEGER NOT NULL, until INTEGER NOT NULL) STRICT`.execute(
        db,
      );
    },
  },
};
