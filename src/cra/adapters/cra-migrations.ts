import { sql } from 'kysely';
import type { Migrations } from '../../platform/storage/migrations.js';
import { bindWholeActions } from './bind-whole-actions.js';

/** Containment actions and external lists, in each tenant's database. */
export const craMigrations: Migrations = {
  'cra-0001-actions': {
    async up(db) {
      await sql`CREATE TABLE containment_action (
        action_id TEXT PRIMARY KEY, tenant_id TEXT NOT NULL, incident_id TEXT NOT NULL, kind TEXT NOT NULL, target_type TEXT NOT NULL,
        target_value TEXT NOT NULL, risk TEXT NOT NULL, status TEXT NOT NULL, reason TEXT NOT NULL, requested_by TEXT NOT NULL,
        playbook TEXT, approval_id TEXT UNIQUE, approvals TEXT NOT NULL, decision TEXT, digest TEXT NOT NULL, expires_at TEXT,
        lease_until TEXT, result TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, correlation_id TEXT NOT NULL,
        version INTEGER NOT NULL) STRICT`.execute(db);
      await sql`CREATE UNIQUE INDEX containment_action_live ON containment_action (incident_id, kind, target_type, target_value)
        WHERE status NOT IN ('rejected', 'expired', 'failed', 'reverted')`.execute(db);
      await sql`CREATE INDEX containment_action_incident ON containment_action (incident_id, action_id)`.execute(db);
      await sql`CREATE INDEX containment_action_status ON containment_action (status, action_id)`.execute(db);
    },
  },
  'cra-0002-external-lists': {
    async up(db) {
      await sql`CREATE TABLE external_list_entry (
        list TEXT NOT NULL, value TEXT NOT NULL, action_id TEXT NOT NULL, added_at TEXT NOT NULL,
        PRIMARY KEY (list, value, action_id)) STRICT`.execute(db);
      await sql`CREATE TABLE external_list_credential (list TEXT PRIMARY KEY, hash TEXT NOT NULL, created_at TEXT NOT NULL) STRICT`.execute(
        db,
      );
    },
  },
  'cra-0003-action-lists': {
    async up(db) {
      await sql`CREATE INDEX containment_action_created ON containment_action (created_at, action_id)`.execute(db);
      await sql`CREATE INDEX containment_action_updated ON containment_action (updated_at, action_id)`.execute(db);
      await sql`CREATE INDEX containment_action_target ON containment_action (target_value)`.execute(db);
    },
  },
  'cra-0004-action-trace': {
    async up(db) {
      await sql`ALTER TABLE containment_action ADD COLUMN traceparent TEXT`.execute(db);
    },
  },
  'cra-0005-whole-digests': { up: bindWholeActions },
  'cra-0006-quorums': {
    async up(db) {
      await sql`ALTER TABLE containment_action ADD COLUMN approvals_needed INTEGER NOT NULL DEFAULT 1`.execute(db);
    },
  },
};
