import { sql } from 'kysely';
import type { Migrations } from '../../../../platform/storage/migrations.js';

/**
 * Tables of events, where they are in PostgreSQL beside the cases. Months are numbers, `202611`: numbers are compared without leaking what they are, so that
 * an index serves such a comparison under row-level security.
 */
export const eventMigrations: Migrations = {
  'events-0001-tables': {
    async up(db) {
      await sql`CREATE TABLE event_chunk (
        month INTEGER NOT NULL, sequence INTEGER NOT NULL, first_time INTEGER NOT NULL, last_time INTEGER NOT NULL, records INTEGER NOT NULL,
        bytes INTEGER NOT NULL, PRIMARY KEY (month, sequence)) STRICT, WITHOUT ROWID`.execute(db);
      await sql`CREATE TABLE event_block (
        month INTEGER NOT NULL, sequence INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (month, sequence)) STRICT, WITHOUT ROWID`.execute(
        db,
      );
      await sql`ALTER TABLE event_block ALTER COLUMN body SET STORAGE EXTERNAL`.execute(db);
      await sql`CREATE TABLE event_filter (
        month INTEGER NOT NULL, sequence INTEGER NOT NULL, bits BLOB NOT NULL, PRIMARY KEY (month, sequence)) STRICT, WITHOUT ROWID`.execute(
        db,
      );
      await sql`ALTER TABLE event_filter ALTER COLUMN bits SET STORAGE MAIN`.execute(db);
      await sql`CREATE TABLE event_batch (
        month INTEGER NOT NULL, batch_id TEXT NOT NULL, chunk INTEGER NOT NULL, first INTEGER NOT NULL, records INTEGER NOT NULL, indexes TEXT,
        received_at INTEGER NOT NULL, correlation_id TEXT NOT NULL, source TEXT NOT NULL, inspected INTEGER NOT NULL, rules TEXT,
        PRIMARY KEY (month, batch_id)) STRICT, WITHOUT ROWID`.execute(db);
      await sql`CREATE INDEX event_batch_chunk ON event_batch (month, chunk, first)`.execute(db);
      await sql`CREATE INDEX event_batch_uninspected ON event_batch (batch_id) WHERE inspected = 0`.execute(db);
      await sql`CREATE TABLE event_identity (
        month INTEGER NOT NULL, stream TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (month, stream, key)) STRICT, WITHOUT ROWID`.execute(
        db,
      );
      await sql`CREATE TABLE event_outbox (
        month INTEGER NOT NULL, batch_id TEXT NOT NULL, detections TEXT NOT NULL, PRIMARY KEY (month, batch_id)) STRICT, WITHOUT ROWID`.execute(
        db,
      );
      await sql`CREATE TABLE event_poison (
        month INTEGER NOT NULL, batch_id TEXT NOT NULL, position INTEGER NOT NULL, reason TEXT NOT NULL, attempts INTEGER NOT NULL,
        PRIMARY KEY (month, batch_id, position)) STRICT, WITHOUT ROWID`.execute(db);
      await sql`CREATE TABLE event_receipt (
        month INTEGER NOT NULL, batch_id TEXT NOT NULL, received_at INTEGER NOT NULL, correlation_id TEXT NOT NULL, received INTEGER NOT NULL,
        duplicates INTEGER NOT NULL, rejected TEXT NOT NULL, PRIMARY KEY (month, batch_id)) STRICT, WITHOUT ROWID`.execute(db);
      await sql`CREATE TABLE event_answer (
        key TEXT PRIMARY KEY, month INTEGER NOT NULL, digest TEXT NOT NULL, batch_id TEXT NOT NULL, body TEXT NOT NULL, alerts INTEGER NOT NULL,
        answered_at INTEGER NOT NULL) STRICT, WITHOUT ROWID`.execute(db);
      await sql`CREATE INDEX event_answer_age ON event_answer (answered_at)`.execute(db);
      await sql`CREATE INDEX event_answer_batch ON event_answer (batch_id)`.execute(db);
      await sql`CREATE TABLE event_hour (
        month INTEGER NOT NULL, hour INTEGER NOT NULL, kind TEXT NOT NULL, code TEXT NOT NULL, events INTEGER NOT NULL,
        PRIMARY KEY (hour, kind, code)) STRICT, WITHOUT ROWID`.execute(db);
      await sql`CREATE TABLE event_learned (
        slot INTEGER PRIMARY KEY, month INTEGER NOT NULL, sequence INTEGER NOT NULL, state BLOB) STRICT, WITHOUT ROWID`.execute(db);
    },
  },
};
