import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TenantId } from '../../../contracts/tenant.js';
import { tenantDirectoryPath } from '../../../platform/storage/data-directory.js';
import { storageFaultOf } from '../../../platform/storage/storage-fault.js';
import { syncDirectory } from '../../../platform/storage/write-durably.js';
import { StoredMark } from '../../ingest/adapters/stored-mark.js';
import { EventMonths, type StoredMonth } from '../domain/event-months.js';

const FILE = /^events-(\d{4}-\d{2})\./;
const BUSY_MS = 5_000;
const COUNTS = 'SELECT coalesce(sum(records), 0) AS events, coalesce(max(sequence), 0) AS last FROM chunk';
const WAITING = `SELECT EXISTS (SELECT 1 FROM outbox) OR EXISTS (SELECT 1 FROM batch WHERE inspected = 0) AS waits`;

/** Event files by month: the file, its log, its mark, and what was set aside of it. */
export class EventMonthFiles extends EventMonths {
  constructor(private readonly dataDir: string) {
    super();
  }

  async list(tenant: TenantId): Promise<readonly string[]> {
    return [...new Set(this.names(tenant).flatMap((name) => FILE.exec(name)?.[1] ?? []))].sort();
  }

  async look(tenant: TenantId, month: string): Promise<StoredMonth> {
    const directory = tenantDirectoryPath(this.dataDir, tenant);
    const bytes = this.names(tenant, month).reduce((sum, name) => sum + sizeOf(join(directory, name)), 0);
    const file = join(directory, `events-${month}.db`);
    const noted = new StoredMark(join(directory, `events-${month}.mark`)).read() ?? 0;
    return { month, bytes, ...(existsSync(file) ? contentOf(file, noted) : { events: noted, last: 0, isUnfinished: false }) };
  }

  /** Who reads it at the moment reads on. The mark goes first: a mark without a file tells of a file that was lost. */
  async remove(tenant: TenantId, month: string): Promise<void> {
    const directory = tenantDirectoryPath(this.dataDir, tenant);
    const names = [...this.names(tenant, month)].sort((a, b) => Number(b.endsWith('.mark')) - Number(a.endsWith('.mark')));
    for (const name of names) {
      rmSync(join(directory, name), { force: true });
      if (name.endsWith('.mark')) syncDirectory(directory);
    }
    if (existsSync(directory)) syncDirectory(directory);
  }

  private names(tenant: TenantId, month?: string): readonly string[] {
    const directory = tenantDirectoryPath(this.dataDir, tenant);
    const names = existsSync(directory) ? readdirSync(directory) : [];
    return names.filter((name) => (month === undefined ? FILE.test(name) : name.startsWith(`events-${month}.`)));
  }
}

/** A file that cannot be read holds what its mark says, and nothing that could still be done. */
function contentOf(file: string, noted: number): Pick<StoredMonth, 'events' | 'last' | 'isUnfinished'> {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS });
    const poison =
      db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'poison'").get() && db.prepare('SELECT 1 FROM poison LIMIT 1').get();
    const isUnfinished = db.prepare(WAITING).get()?.['waits'] === 1 || poison !== undefined;
    const counts = db.prepare(COUNTS).get();
    return { events: Number(counts?.['events']), last: Number(counts?.['last']), isUnfinished };
  } catch (error) {
    if (storageFaultOf(error) !== 'damaged') throw error;
    return { events: noted, last: 0, isUnfinished: false };
  } finally {
    db?.close();
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
