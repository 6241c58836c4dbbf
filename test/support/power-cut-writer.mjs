/** Does what a plan says with the built stores, one thing after another, and says of each that it is done. */
import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppendThread } from '../../dist/mssp/ingest/adapters/append-thread.js';
import { SqliteEventStore } from '../../dist/mssp/ingest/adapters/sqlite-event-store.js';
import { auditMigrations } from '../../dist/platform/audit/audit-migrations.js';
import { SqliteAuditLog } from '../../dist/platform/audit/sqlite-audit-log.js';
import { SystemClock } from '../../dist/platform/clock/system-clock.js';
import { tenantDirectoryPath } from '../../dist/platform/storage/data-directory.js';
import { SqliteThread } from '../../dist/platform/storage/sqlite-thread.js';
import { SqliteTenantDatabases } from '../../dist/platform/storage/sqlite-tenant-databases.js';
import { makeDirectoryDurably, writeDurably } from '../../dist/platform/storage/write-durably.js';

const LARGE_FROM_BYTES = 4_000;
const [planFile, dataDir, fault] = process.argv.slice(2);
const { tenant, steps } = JSON.parse(readFileSync(planFile, 'utf8'));

makeDirectoryDurably(dataDir);
if (fault === 'unsynced') {
  const { exec } = DatabaseSync.prototype;
  DatabaseSync.prototype.exec = function (sql) {
    return exec.call(this, sql.replace('synchronous=FULL', 'synchronous=OFF'));
  };
}

const newStore = () => new SqliteEventStore(dataDir, undefined, { appends: new AppendThread(dataDir, undefined, LARGE_FROM_BYTES) });
let events = newStore();
const thread = new SqliteThread();
const databases = new SqliteTenantDatabases(thread, dataDir, auditMigrations);
const audit = new SqliteAuditLog(databases, undefined, new SystemClock());

const toRecord = ({ text, ...record }) => ({ ...record, bytes: Buffer.from(text) });
const toChunk = ({ batches, terms, learned, ...chunk }) => ({
  ...chunk,
  learned: learned && Buffer.from(learned),
  terms: new Set(terms),
  batches: batches.map((batch) => ({ ...batch, records: batch.records.map(toRecord) })),
});

const doing = {
  append: ({ chunk }) => events.append(tenant, toChunk(chunk)),
  settle: ({ settled }) => events.settle(tenant, settled),
  audit: ({ entry }) => audit.append(tenant, [entry]),
  replace: ({ content }) => writeDurably(join(dataDir, 'secrets.json'), content),
  read: () => events.pending(tenant),
  damage({ month, batch }) {
    const db = new DatabaseSync(join(tenantDirectoryPath(dataDir, tenant), `events-${month}.db`));
    db.prepare('UPDATE block SET body = zeroblob(length(body)) WHERE sequence = (SELECT chunk FROM batch WHERE batch_id = ?)').run(batch);
    db.close();
  },
  release: () => events.release(tenant),
  async restart() {
    await events.close();
    events = newStore();
  },
};

const say = (number) => writeSync(1, `done ${number}\n`);

for (const [number, step] of steps.entries()) {
  if (fault === 'early') say(number);
  await doing[step.do](step);
  if (fault !== 'early') say(number);
}
await events.close();
await databases.closeAll();
await thread.end();
