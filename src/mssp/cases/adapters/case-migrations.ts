import { sql, type Kysely } from 'kysely';
import type { Migrations } from '../../../platform/storage/migrations.js';
import { ruleDayMigrations } from './rule-day-migrations.js';

/** Alerts, what was said of them, and incidents, in each tenant's database. */
export const caseMigrations: Migrations = {
  'cases-0001-alerts': {
    async up(db) {
      await sql`CREATE TABLE alert (
        alert_id TEXT PRIMARY KEY, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, event_time TEXT NOT NULL,
        severity INTEGER NOT NULL, status TEXT NOT NULL, assignee TEXT, detector TEXT NOT NULL, rule_id TEXT NOT NULL,
        classification INTEGER NOT NULL, score REAL NOT NULL, verdict TEXT, incident_id TEXT, anchor_id TEXT, anchor_distance INTEGER,
        count INTEGER NOT NULL, evidence TEXT NOT NULL, storm INTEGER NOT NULL, version INTEGER NOT NULL, document TEXT NOT NULL) STRICT`.execute(
        db,
      );
      await index(db, 'alert', ['created_at', 'alert_id']);
      await index(db, 'alert', ['event_time', 'alert_id']);
      await index(db, 'alert', ['severity', 'created_at', 'alert_id']);
      await index(db, 'alert', ['score', 'alert_id']);
      await index(db, 'alert', ['status', 'created_at', 'alert_id']);
      await index(db, 'alert', ['classification', 'created_at', 'alert_id']);
      await index(db, 'alert', ['rule_id', 'created_at', 'alert_id']);
      await index(db, 'alert', ['incident_id', 'event_time', 'alert_id']);
      await sql`CREATE TABLE alert_evidence (
        batch_id TEXT NOT NULL, rule_id TEXT NOT NULL, event_index INTEGER NOT NULL, alert_id TEXT NOT NULL,
        PRIMARY KEY (batch_id, rule_id, event_index)) WITHOUT ROWID, STRICT`.execute(db);
      await index(db, 'alert_evidence', ['alert_id']);
      await sql`CREATE TABLE alert_entity (
        entity TEXT NOT NULL, rule_id TEXT NOT NULL, event_ms INTEGER NOT NULL, alert_id TEXT NOT NULL,
        PRIMARY KEY (entity, rule_id, event_ms, alert_id)) WITHOUT ROWID, STRICT`.execute(db);
      await sql`CREATE TABLE alert_technique (
        technique TEXT NOT NULL, alert_id TEXT NOT NULL, PRIMARY KEY (technique, alert_id)) WITHOUT ROWID, STRICT`.execute(db);
      await sql`CREATE TABLE alert_minute (minute INTEGER PRIMARY KEY, raised INTEGER NOT NULL) STRICT`.execute(db);
      await sql`CREATE TABLE entity_tactic (
        entity TEXT NOT NULL, tactic TEXT NOT NULL, hour INTEGER NOT NULL, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
        PRIMARY KEY (entity, hour, tactic)) WITHOUT ROWID, STRICT`.execute(db);
      await sql`CREATE TABLE alert_feedback (
        alert_id TEXT NOT NULL, analyst TEXT NOT NULL, feedback_id TEXT NOT NULL, verdict TEXT NOT NULL, comments TEXT NOT NULL,
        at TEXT NOT NULL, correlation_id TEXT NOT NULL, PRIMARY KEY (alert_id, analyst)) WITHOUT ROWID, STRICT`.execute(db);
    },
  },
  'cases-0002-incidents': {
    async up(db) {
      await sql`CREATE TABLE incident (
        incident_id TEXT PRIMARY KEY, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, first_event_at TEXT NOT NULL,
        last_event_at TEXT NOT NULL, status TEXT NOT NULL, severity INTEGER NOT NULL, classification INTEGER NOT NULL, score REAL NOT NULL,
        kind TEXT NOT NULL, assignee TEXT, alert_count INTEGER NOT NULL, merged_into TEXT, correlation_id TEXT NOT NULL,
        version INTEGER NOT NULL, document TEXT NOT NULL) STRICT`.execute(db);
      await index(db, 'incident', ['created_at', 'incident_id']);
      await index(db, 'incident', ['last_event_at', 'incident_id']);
      await index(db, 'incident', ['status', 'created_at', 'incident_id']);
      await sql`CREATE TABLE incident_link (
        entity TEXT NOT NULL, role INTEGER NOT NULL, event_ms INTEGER NOT NULL, alert_id TEXT NOT NULL,
        PRIMARY KEY (entity, role, event_ms, alert_id)) WITHOUT ROWID, STRICT`.execute(db);
      await index(db, 'incident_link', ['alert_id']);
      await sql`CREATE TABLE incident_facet (
        facet TEXT NOT NULL, incident_id TEXT NOT NULL, PRIMARY KEY (facet, incident_id)) WITHOUT ROWID, STRICT`.execute(db);
      await sql`CREATE TABLE entity_anchor (
        entity TEXT NOT NULL, anchor TEXT NOT NULL, first_ms INTEGER NOT NULL, PRIMARY KEY (entity, anchor)) WITHOUT ROWID, STRICT`.execute(
        db,
      );
    },
  },
  'cases-0003-messages': {
    async up(db) {
      await sql`CREATE TABLE alert_message (
        alert_id TEXT NOT NULL, version INTEGER NOT NULL, event TEXT NOT NULL, correlation_id TEXT NOT NULL, traceparent TEXT,
        document TEXT NOT NULL, PRIMARY KEY (alert_id, version)) STRICT`.execute(db);
    },
  },
  ...ruleDayMigrations,
};

async function index(db: Kysely<unknown>, table: string, columns: readonly string[]): Promise<void> {
  await db.schema
    .createIndex([table, ...columns].join('_'))
    .on(table)
    .columns([...columns])
    .execute();
}
