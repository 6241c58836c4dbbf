import { sql } from 'kysely';
import type { Migrations } from '../storage/migrations.js';

/** The append-only log, in the tenant's own database: a change and its record are one transaction. */
export const auditMigrations: Migrations = {
  'audit-0001-log': {
    async up(db) {
      await sql`CREATE TABLE audit_log (
        idx INTEGER PRIMARY KEY, at TEXT NOT NULL, action TEXT NOT NULL, actor TEXT NOT NULL, target_id TEXT NOT NULL,
        incident_id TEXT, correlation_id TEXT NOT NULL, hash TEXT NOT NULL, record TEXT NOT NULL) STRICT`.execute(db);
      await sql`CREATE INDEX audit_log_target ON audit_log (target_id)`.execute(db);
      await sql`CREATE INDEX audit_log_incident ON audit_log (incident_id) WHERE incident_id IS NOT NULL`.execute(db);
      await sql`CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END`.execute(
        db,
      );
      await sql`CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END`.execute(
        db,
      );
    },
  },
};
