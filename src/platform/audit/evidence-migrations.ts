import { sql } from 'kysely';
import type { Migrations } from '../storage/migrations.js';

/**
 * Audit records that a tenant brought along from elsewhere: kept as they were, beside the log that goes on, which they are no part of. `origin` names the
 * log that they are of and where it ended.
 */
export const evidenceMigrations: Migrations = {
  'audit-0002-evidence': {
    async up(db) {
      await sql`CREATE TABLE audit_evidence (
        origin TEXT NOT NULL, idx INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (origin, idx)) WITHOUT ROWID, STRICT`.execute(db);
      await sql`CREATE TRIGGER audit_evidence_no_update BEFORE UPDATE ON audit_evidence
        BEGIN SELECT RAISE(ABORT, 'audit evidence is append-only'); END`.execute(db);
      await sql`CREATE TRIGGER audit_evidence_no_delete BEFORE DELETE ON audit_evidence
        BEGIN SELECT RAISE(ABORT, 'audit evidence is append-only'); END`.execute(db);
    },
  },
};
