import { sql } from 'kysely';
import type { Migrations } from '../../platform/storage/migrations.js';

/** What learning keeps, in the tenant's database. */
export const claMigrations: Migrations = {
  'cla-0001-feedback': {
    async up(db) {
      await sql`CREATE TABLE learned_feedback (
        alert_id TEXT NOT NULL, analyst TEXT NOT NULL, feedback_id TEXT NOT NULL, rule_id TEXT NOT NULL, verdict TEXT NOT NULL, at TEXT NOT NULL,
        PRIMARY KEY (alert_id, analyst)) STRICT`.execute(db);
      await sql`CREATE INDEX learned_feedback_rule ON learned_feedback (rule_id)`.execute(db);
    },
  },
};
