/** Version of the schema below, kept in `user_version`. */
export const EVENT_FILE_VERSION = 4;

/**
 * One month of one tenant's events. A chunk is the originals of the events that were stored together, compressed as one block; a batch says
 * which of them belong to a request, a term in which chunks it occurs.
 */
export const EVENT_FILE_SCHEMA = `
CREATE TABLE chunk (
  sequence INTEGER PRIMARY KEY, first_time INTEGER NOT NULL, last_time INTEGER NOT NULL, records INTEGER NOT NULL, bytes INTEGER NOT NULL,
  sum INTEGER
) STRICT;
CREATE TABLE block (sequence INTEGER PRIMARY KEY, body BLOB NOT NULL, sum INTEGER) STRICT;
CREATE TABLE batch (
  batch_id TEXT PRIMARY KEY, chunk INTEGER NOT NULL, first INTEGER NOT NULL, records INTEGER NOT NULL, indexes TEXT,
  received_at INTEGER NOT NULL, correlation_id TEXT NOT NULL, source TEXT NOT NULL, inspected INTEGER NOT NULL, rules TEXT,
  sum INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX batch_chunk ON batch (chunk, first);
CREATE INDEX batch_uninspected ON batch (batch_id) WHERE inspected = 0;
CREATE TABLE term (
  segment INTEGER NOT NULL, hash INTEGER NOT NULL, chunks INTEGER NOT NULL, PRIMARY KEY (segment, hash)
) STRICT, WITHOUT ROWID;
CREATE TABLE identity_stream (number INTEGER PRIMARY KEY, stream TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE identity_key (stream INTEGER NOT NULL, key TEXT NOT NULL, PRIMARY KEY (stream, key)) STRICT, WITHOUT ROWID;
CREATE TABLE outbox (batch_id TEXT PRIMARY KEY, detections TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE answer (key TEXT PRIMARY KEY, digest TEXT NOT NULL, batch_id TEXT NOT NULL, body TEXT NOT NULL, answered_at INTEGER NOT NULL, sum INTEGER) STRICT, WITHOUT ROWID;
CREATE INDEX answer_age ON answer (answered_at);
CREATE INDEX answer_batch ON answer (batch_id);
CREATE TABLE hour_count (
  hour INTEGER NOT NULL, kind TEXT NOT NULL, code TEXT NOT NULL, events INTEGER NOT NULL, PRIMARY KEY (hour, kind, code)
) STRICT, WITHOUT ROWID;
CREATE TABLE receipt (
  batch_id TEXT PRIMARY KEY, received_at INTEGER NOT NULL, correlation_id TEXT NOT NULL, received INTEGER NOT NULL, duplicates INTEGER NOT NULL,
  rejected TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE poison (
  batch_id TEXT NOT NULL, position INTEGER NOT NULL, reason TEXT NOT NULL, attempts INTEGER NOT NULL, PRIMARY KEY (batch_id, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE learned (only INTEGER PRIMARY KEY CHECK (only = 1), chunk INTEGER NOT NULL, state BLOB) STRICT;
`;

/** What brings a file of an earlier version to the next one, by that earlier version. */
export const EVENT_FILE_STEPS: Readonly<Record<number, string>> = {
  1: `CREATE TABLE receipt (
    batch_id TEXT PRIMARY KEY, received_at INTEGER NOT NULL, correlation_id TEXT NOT NULL, received INTEGER NOT NULL, duplicates INTEGER NOT NULL,
    rejected TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE poison (
    batch_id TEXT NOT NULL, position INTEGER NOT NULL, reason TEXT NOT NULL, attempts INTEGER NOT NULL, PRIMARY KEY (batch_id, position)
  ) STRICT, WITHOUT ROWID;`,
  2: `ALTER TABLE chunk ADD COLUMN sum INTEGER;
  ALTER TABLE block ADD COLUMN sum INTEGER;
  ALTER TABLE batch ADD COLUMN sum INTEGER;`,
  3: 'ALTER TABLE answer ADD COLUMN sum INTEGER;',
};
