import { sql } from 'kysely';
import type { Migrations } from '../../../platform/storage/migrations.js';

/**
 * What alerts add up to by rule and day, and the last word on each alert. Triggers keep both in the transaction of what is added up, so that they hold whatever
 * release of the program writes; alerts are neither removed nor given to another rule or day.
 */
export const ruleDayMigrations: Migrations = {
  'cases-0004-rule-days': {
    async up(db) {
      await sql`CREATE TABLE rule_day (
        day INTEGER NOT NULL, rule_id TEXT NOT NULL, detector TEXT NOT NULL, alerts INTEGER NOT NULL, matches INTEGER NOT NULL,
        first_at TEXT NOT NULL, last_at TEXT NOT NULL, alert_id TEXT NOT NULL, PRIMARY KEY (day, rule_id)) WITHOUT ROWID, STRICT`.execute(
        db,
      );
      await sql`CREATE TABLE alert_word (
        alert_id TEXT PRIMARY KEY, day INTEGER NOT NULL, rule_id TEXT NOT NULL, verdict TEXT NOT NULL) WITHOUT ROWID, STRICT`.execute(db);
      await sql`CREATE INDEX alert_word_day ON alert_word (day, rule_id, verdict)`.execute(db);
      await sql`CREATE TRIGGER rule_day_alert AFTER INSERT ON alert BEGIN
        INSERT INTO rule_day (day, rule_id, detector, alerts, matches, first_at, last_at, alert_id) VALUES (
          CAST(replace(substr(NEW.created_at, 1, 10), '-', '') AS INTEGER), NEW.rule_id, NEW.detector, 0, 0, NEW.created_at, NEW.created_at, NEW.alert_id)
          ON CONFLICT DO NOTHING;
        UPDATE rule_day SET alerts = alerts + 1,
          first_at = CASE WHEN NEW.created_at < first_at THEN NEW.created_at ELSE first_at END,
          alert_id = CASE WHEN NEW.created_at < last_at THEN alert_id ELSE NEW.alert_id END,
          last_at = CASE WHEN NEW.created_at < last_at THEN last_at ELSE NEW.created_at END
          WHERE day = CAST(replace(substr(NEW.created_at, 1, 10), '-', '') AS INTEGER) AND rule_id = NEW.rule_id; END`.execute(db);
      await sql`CREATE TRIGGER rule_day_match AFTER INSERT ON alert_evidence BEGIN
        UPDATE rule_day SET matches = matches + 1 WHERE rule_id = NEW.rule_id AND day = (
          SELECT CAST(replace(substr(created_at, 1, 10), '-', '') AS INTEGER) FROM alert WHERE alert_id = NEW.alert_id); END`.execute(db);
      await sql`CREATE TRIGGER alert_word_given AFTER INSERT ON alert_feedback BEGIN
        DELETE FROM alert_word WHERE alert_id = NEW.alert_id;
        INSERT INTO alert_word (alert_id, day, rule_id, verdict)
          SELECT alert_id, CAST(replace(substr(created_at, 1, 10), '-', '') AS INTEGER), rule_id, NEW.verdict FROM alert
          WHERE alert_id = NEW.alert_id; END`.execute(db);
      await sql`CREATE TRIGGER alert_word_changed AFTER UPDATE ON alert_feedback BEGIN
        DELETE FROM alert_word WHERE alert_id = NEW.alert_id;
        INSERT INTO alert_word (alert_id, day, rule_id, verdict)
          SELECT alert_id, CAST(replace(substr(created_at, 1, 10), '-', '') AS INTEGER), rule_id, NEW.verdict FROM alert
          WHERE alert_id = NEW.alert_id; END`.execute(db);
    },
  },
};
