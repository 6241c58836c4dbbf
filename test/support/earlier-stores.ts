import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { v7 as uuidv7 } from 'uuid';
import { toTenantId } from '../../src/contracts/tenant.js';
import { databaseSteps } from '../../src/database-steps.js';
import { packBlock } from '../../src/mssp/ingest/adapters/chunk-block.js';
import { monthOf } from '../../src/mssp/ingest/domain/arrival-month.js';
import { termHash } from '../../src/mssp/ingest/adapters/term-hash.js';
import { appendAudit } from '../../src/platform/audit/append-audit.js';
import { PLATFORM_LOG } from '../../src/platform/audit/audit-log.js';
import type { AuditTables } from '../../src/platform/audit/audit-tables.js';
import { tenantDirectoryPath } from '../../src/platform/storage/data-directory.js';
import type { Migrations } from '../../src/platform/storage/migrations.js';
import { SqlitePlatformDatabase } from '../../src/platform/storage/sqlite-platform-database.js';
import { SqliteThread } from '../../src/platform/storage/sqlite-thread.js';
import { SqliteTenantDatabases } from '../../src/platform/storage/sqlite-tenant-databases.js';

export const EARLIER_TENANT = toTenantId('acme-corp');

/** The schema of event files of version 1, as it was. */
export const EVENTS_1 = `
CREATE TABLE chunk (
  sequence INTEGER PRIMARY KEY, first_time INTEGER NOT NULL, last_time INTEGER NOT NULL, records INTEGER NOT NULL, bytes INTEGER NOT NULL
) STRICT;
CREATE TABLE block (sequence INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE TABLE batch (
  batch_id TEXT PRIMARY KEY, chunk INTEGER NOT NULL, first INTEGER NOT NULL, records INTEGER NOT NULL, indexes TEXT,
  received_at INTEGER NOT NULL, correlation_id TEXT NOT NULL, source TEXT NOT NULL, inspected INTEGER NOT NULL, rules TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX batch_chunk ON batch (chunk, first);
CREATE INDEX batch_uninspected ON batch (batch_id) WHERE inspected = 0;
CREATE TABLE term (
  segment INTEGER NOT NULL, hash INTEGER NOT NULL, chunks INTEGER NOT NULL, PRIMARY KEY (segment, hash)
) STRICT, WITHOUT ROWID;
CREATE TABLE identity_stream (number INTEGER PRIMARY KEY, stream TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE identity_key (stream INTEGER NOT NULL, key TEXT NOT NULL, PRIMARY KEY (stream, key)) STRICT, WITHOUT ROWID;
CREATE TABLE outbox (batch_id TEXT PRIMARY KEY, detections TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE answer (key TEXT PRIMARY KEY, digest TEXT NOT NULL, batch_id TEXT NOT NULL, body TEXT NOT NULL, answered_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX answer_age ON answer (answered_at);
CREATE INDEX answer_batch ON answer (batch_id);
CREATE TABLE hour_count (
  hour INTEGER NOT NULL, kind TEXT NOT NULL, code TEXT NOT NULL, events INTEGER NOT NULL, PRIMARY KEY (hour, kind, code)
) STRICT, WITHOUT ROWID;
CREATE TABLE learned (only INTEGER PRIMARY KEY CHECK (only = 1), chunk INTEGER NOT NULL, state BLOB) STRICT;
PRAGMA user_version = 1;`;

/** What the earlier stores hold. */
export const EARLIER = {
  alert: '0f0e0d0c-0000-5000-8000-000000000001',
  action: '0f0e0d0c-0000-5000-8000-000000000002',
  approval: '0f0e0d0c-0000-5000-8000-000000000003',
  work: '0f0e0d0c-0000-5000-8000-000000000004',
  host: 'old-host',
} as const;
const AT = '2026-01-15T09:30:00.000Z';

/** The first step of each part of a schema: what its first version was. */
export function firstVersion(migrations: Migrations): Migrations {
  return Object.fromEntries(Object.entries(migrations).filter(([name]) => name.includes('-0001-')));
}

/** Writes a data directory of the first versions of every store, with something in each; answers the id of its event and the line. */
export async function writeEarlierStores(dataDir: string): Promise<{ readonly eventId: string; readonly raw: string }> {
  const thread = new SqliteThread();
  const platform = new SqlitePlatformDatabase(thread, dataDir, firstVersion(databaseSteps.platform));
  const tenants = new SqliteTenantDatabases(thread, dataDir, firstVersion(databaseSteps.tenants));
  try {
    const db = await platform.get<AuditTables>();
    const entry = {
      action: 'tenant.created',
      actor: { type: 'system', id: 'earlier' },
      target: { type: 'tenant', id: EARLIER_TENANT },
    } as const;
    await db
      .transaction()
      .execute((trx) => appendAudit(trx, PLATFORM_LOG, AT, [{ ...entry, outcome: 'success', correlation_id: 'earlier' }]));
    const cases = await tenants.of<AuditTables>(EARLIER_TENANT);
    await cases
      .transaction()
      .execute((trx) =>
        appendAudit(trx, EARLIER_TENANT, AT, [{ ...entry, action: 'alert.raised', outcome: 'success', correlation_id: 'earlier' }]),
      );
  } finally {
    await tenants.closeAll();
    await platform.close();
    await thread.end();
  }
  run(join(dataDir, 'platform.db'), (db) => {
    const settings = {
      tenant_id: EARLIER_TENANT,
      name: 'As it was',
      bigquery_dataset: 'gatra_acme_corp',
      pubsub_topic: 'gatra-acme-corp-alerts',
      rate_limits: { ingest_eps: 77, ingest_burst: 770, alerts_per_min: 60 },
      features: { advanced_ml: false, auto_containment: false },
      critical_entities: [],
      webhooks: { notify_url: null, ticket_url: null, actuator_url: null },
    };
    const document = JSON.stringify({ ...settings, status: 'active', created_at: AT, updated_at: AT, version: 1 });
    db.prepare('INSERT INTO tenant (tenant_id, version, document) VALUES (?, 1, ?)').run(EARLIER_TENANT, document);
  });
  run(join(tenantDirectoryPath(dataDir, EARLIER_TENANT), 'cases.db'), fillCases);
  return writeEvents(dataDir);
}

function fillCases(db: DatabaseSync): void {
  const rule = { id: 'rule-1', title: 'A rule', author: 'somebody', level: 'high', license: 'Apache-2.0' };
  const document = {
    title: 'An alert',
    reason: 'A rule matched',
    rule,
    entities: [{ type: 'host', value: EARLIER.host }],
    techniques: [],
    tactics: [],
    rarity: null,
    indicator_confidence: null,
    correlation_id: 'earlier',
  };
  db.prepare(
    `INSERT INTO alert (alert_id, created_at, updated_at, event_time, severity, status, detector, rule_id, classification, score, count, evidence, storm, version, document)
     VALUES (?, '${AT}', '${AT}', '${AT}', 3, 'new', 'sigma', 'rule-1', -1, -1, 1, '[]', 0, 1, ?)`,
  ).run(EARLIER.alert, JSON.stringify(document));
  db.prepare(
    `INSERT INTO containment_action (action_id, tenant_id, incident_id, kind, target_type, target_value, risk, status, reason, requested_by,
       approval_id, approvals, digest, expires_at, created_at, updated_at, correlation_id, version)
     VALUES (?, ?, ?, 'block_ip', 'ip', '203.0.113.9', 'high', 'pending_approval', 'earlier', 'earlier@acme', ?, '[]', 'digest', '9999-01-01T00:00:00.000Z', '${AT}', '${AT}', 'earlier', 1)`,
  ).run(EARLIER.action, EARLIER_TENANT, EARLIER.alert, EARLIER.approval);
  db.prepare(
    `INSERT INTO work_item (kind, key, payload, correlation_id, state, attempts, not_before, lease_until, generation, enqueued_at, last_error)
     VALUES ('triage', ?, '{}', 'earlier', 'dead', 8, 0, 0, 1, ?, 'it was not to be')`,
  ).run(EARLIER.work, Date.parse(AT));
}

function writeEvents(dataDir: string): { readonly eventId: string; readonly raw: string } {
  const now = Date.now();
  const batchId = uuidv7({ msecs: now });
  const raw = `{"message": "as it was sent",  "host":"${EARLIER.host}", "event_id":"earlier-1"}`;
  const path = join(tenantDirectoryPath(dataDir, EARLIER_TENANT), `events-${monthOf(now)}.db`);
  mkdirSync(dirname(path), { recursive: true });
  run(path, (db) => {
    db.exec(EVENTS_1);
    const { body, bytes } = packBlock([Buffer.from(raw)]);
    db.prepare('INSERT INTO chunk VALUES (1, ?, ?, 1, ?)').run(now, now, bytes);
    db.prepare('INSERT INTO block VALUES (1, ?)').run(body);
    db.prepare('INSERT INTO batch VALUES (?, 1, 0, 1, NULL, ?, ?, ?, 1, NULL)').run(batchId, now, 'earlier', 'generic');
    db.prepare('INSERT INTO term VALUES (0, ?, 2)').run(termHash(`host:${EARLIER.host}`));
    const hour = Math.floor(now / 3_600_000) * 3_600_000;
    for (const kind of ['received', 'stored']) db.prepare("INSERT INTO hour_count VALUES (?, ?, '', 1)").run(hour, kind);
  });
  return { eventId: `${batchId}.0`, raw };
}

function run(path: string, work: (db: DatabaseSync) => void): void {
  const db = new DatabaseSync(path);
  try {
    work(db);
  } finally {
    db.close();
  }
}
