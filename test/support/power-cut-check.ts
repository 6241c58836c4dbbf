import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ANSWER_LIFETIME_MS } from '../../src/mssp/ingest/adapters/batch-marks.js';
import { SqliteEventStore } from '../../src/mssp/ingest/adapters/sqlite-event-store.js';
import type { EventDamage } from '../../src/mssp/ingest/domain/event-damage.js';
import type { NewBatch } from '../../src/mssp/ingest/domain/event-store.js';
import { verifyAuditFile } from '../../src/platform/audit/verify-audit-file.js';
import { tenantDirectoryPath } from '../../src/platform/storage/data-directory.js';
import { batch, chunk, NOON, record, TENANT } from '../contract/event-store-fixtures.js';
import { REPAIRED_EVENTS, type Step } from './power-cut-plan.js';

const ALL = { from: 0, to: Number.MAX_SAFE_INTEGER, terms: [] };

/**
 * What is wrong with a data directory after a power cut: everything acknowledged must be there, whole and once, the step under way as a whole or not
 * at all, and nothing else; nothing must be taken for damaged; and the stores must go on.
 * @param done number of the last step that was acknowledged; −1 before the first.
 */
export async function faultsOf(dataDir: string, steps: readonly Step[], done: number): Promise<string[]> {
  return [...(await eventFaults(dataDir, steps, done)), ...auditFaults(dataDir, steps, done), ...fileFaults(dataDir, steps, done)];
}

async function eventFaults(dataDir: string, steps: readonly Step[], done: number): Promise<string[]> {
  const faults: string[] = [];
  const damages: EventDamage[] = [];
  const hurt = steps.flatMap((step) => (step.do === 'damage' ? step.batch : []));
  const store = new SqliteEventStore(dataDir, undefined, { onDamage: (_, damage) => void damages.push(damage) });
  try {
    const seen = await everything(store);
    const batchesOf = (from: number, to: number): readonly NewBatch[] =>
      steps.slice(from, to).flatMap((step) => (step.do === 'append' ? step.chunk.batches : []));
    const acknowledged = batchesOf(0, done + 1).filter((one) => !hurt.includes(one.batch_id));
    const now = Math.max(0, ...batchesOf(0, done + 2).map((one) => one.received_at));
    for (const one of acknowledged) {
      faults.push(...missingOf(one, seen));
      if (one.received_at < now - ANSWER_LIFETIME_MS) continue;
      const answer = await store.answerTo(TENANT, one.idempotency?.key ?? '', one.received_at);
      if (answer?.answer.batch_id !== one.batch_id) faults.push(`no answer of ${one.batch_id}`);
    }
    for (const one of batchesOf(done + 1, done + 2)) {
      const missing = missingOf(one, seen);
      if (missing.length > 0 && missing.length < one.records.length) faults.push(`half of ${one.batch_id}`);
    }
    for (const id of seen.keys()) if (!hurt.some((batch) => id.startsWith(batch))) faults.push(`invented: ${id}`);
    const sound = hurt.length === 0 ? Number.NaN : acknowledged.reduce((sum, { records }) => sum + records.length, 0);
    for (const damage of damages) if (!isOfRepair(damage, sound)) faults.push(`damaged: ${JSON.stringify(damage)}`);
    if (damages.length > 1) faults.push(`told ${damages.length} times of one damage`);
    const settled = new Set(
      steps
        .slice(0, done + 1)
        .flatMap((step) => (step.do === 'settle' ? step.settled : []))
        .map((one) => one.batch_id),
    );
    const pending = new Set((await store.pending(TENANT)).map((one) => one.batch_id));
    for (const { batch_id: id } of acknowledged) {
      const isUnderWay = steps[done + 1]?.do === 'settle';
      if (settled.has(id) ? pending.has(id) : !pending.has(id) && !isUnderWay) faults.push(`settled wrongly: ${id}`);
    }
    const fresh = batch([record(0, '{"n":"fresh"}')], { received_at: Math.max(now, NOON) + 1 });
    await store.append(TENANT, chunk([fresh]));
    if ((await store.find(TENANT, `${fresh.batch_id}.0`))?.raw !== '{"n":"fresh"}') faults.push('it does not go on');
    return faults;
  } catch (error) {
    return [...faults, `does not open: ${String(error)}`];
  } finally {
    await store.close();
  }
}

/** Whether what was said of a damage is what there was: the mark may be behind, so that fewer are known to be lost. */
function isOfRepair({ recovered, lost }: EventDamage, sound: number): boolean {
  return recovered === sound && (lost ?? 0) <= REPAIRED_EVENTS;
}

/** Original of every event in a store, by its id. */
async function everything(store: SqliteEventStore): Promise<Map<string, string>> {
  const seen = new Map<string, string>();
  for await (const scanned of store.scan(TENANT, ALL, undefined)) {
    for (let at = 0; at < scanned.count; at += 1) {
      const { batch_id: id, index, raw } = scanned.record(at);
      if (seen.has(`${id}.${index}`)) throw new Error(`${id}.${index} is there twice`);
      seen.set(`${id}.${index}`, raw);
    }
  }
  return seen;
}

/** Takes a batch's events out of what was seen; answers those that are not there as they were sent. */
function missingOf({ batch_id: id, records }: NewBatch, seen: Map<string, string>): string[] {
  return records.flatMap(({ index, bytes }) => {
    const raw = seen.get(`${id}.${index}`);
    seen.delete(`${id}.${index}`);
    return raw === Buffer.from(bytes).toString() ? [] : [`lost: ${id}.${index}`];
  });
}

function auditFaults(dataDir: string, steps: readonly Step[], done: number): string[] {
  const idsOf = (from: number, to: number): string[] =>
    steps.slice(from, to).flatMap((step) => (step.do === 'audit' ? step.entry.target.id : []));
  const [acknowledged, underWay] = [idsOf(0, done + 1), idsOf(done + 1, done + 2)];
  const file = join(tenantDirectoryPath(dataDir, TENANT), 'cases.db');
  if (!existsSync(file)) return acknowledged.map((id) => `lost: ${id}`);
  const db = new DatabaseSync(file);
  try {
    if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'audit_log'").get() === undefined)
      return acknowledged.map((id) => `lost: ${id}`);
    const stored = db.prepare('SELECT target_id FROM audit_log ORDER BY idx').all();
    const found = stored.map((row) => String(row['target_id']));
    const isWhole = [acknowledged, [...acknowledged, ...underWay]].some((ids) => ids.join() === found.join());
    const { fault } = verifyAuditFile(file);
    const faults = fault && found.length > 0 ? [`audit: record ${fault.index} ${fault.reason}`] : [];
    return isWhole ? faults : [...faults, `audit log holds ${found.join()} and not ${acknowledged.join()}`];
  } catch (error) {
    return [`audit log does not open: ${String(error)}`];
  } finally {
    db.close();
  }
}

function fileFaults(dataDir: string, steps: readonly Step[], done: number): string[] {
  const contentsOf = (from: number, to: number): (string | undefined)[] =>
    steps.slice(from, to).flatMap((step) => (step.do === 'replace' ? step.content : []));
  const file = join(dataDir, 'secrets.json');
  const found = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  const allowed = [contentsOf(0, done + 1).at(-1), ...contentsOf(done + 1, done + 2)];
  return allowed.includes(found) ? [] : [`the file says ${found?.slice(0, 20) ?? 'nothing'}`];
}
