import { copyFileSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { verifyAuditFile } from '../audit/verify-audit-file.js';
import { refuseLostCases } from '../storage/cases-mark.js';
import { DatabaseDamaged, storageFaultOf } from '../storage/storage-fault.js';
import { makeDirectoryDurably, writeDurably } from '../storage/write-durably.js';
import { BackupError, MANIFEST_FILE, MANIFEST_VERSION, type BackedUpFile, type BackupManifest } from './backup-manifest.js';
import { databaseFault } from './database-fault.js';
import { eventMonthsToCopy, type MonthToCopy } from './event-months-to-copy.js';
import { hashOfFile, syncFile } from './file-hash.js';

const BUSY_MS = 15_000;
/** All pages in one step, so that the copy is of one moment and writers, who never wait for it, do not make it begin again. */
const ALL_PAGES = 2_147_483_647;

/** What a backup is taken of, and where it goes. */
export interface BackupRequest {
  readonly dataDir: string;
  /** A directory that is not there yet, or empty. */
  readonly out: string;
  /** Whether the files of secrets and first credentials go along, which open everything else. */
  readonly withSecrets: boolean;
  /** Whether cases, keys and audit logs are in another store, which is backed up in its own way, after this. */
  readonly hasCasesElsewhere: boolean;
  /** RFC 3339 UTC. */
  readonly now: () => string;
}

/**
 * Copies all stores of a data directory while it is in use. Each file is copied as it was at one moment. Events go first, then the cases of their
 * tenant, then the platform with the wrapped keys: of a cause and its effect, a detection and its alert, an event and the key that it is sealed
 * with, the effect or the key is never missing. Events that are damaged go along as they are, and the manifest says so of them.
 * @throws BackupError where anything else is damaged
 */
export async function takeBackup({ dataDir, out, withSecrets, hasCasesElsewhere, now }: BackupRequest): Promise<BackupManifest> {
  if (!existsSync(hasCasesElsewhere ? dataDir : join(dataDir, 'platform.db')))
    throw new BackupError(`there is no data directory of GATRA at ${dataDir}`);
  if (existsSync(out) && readdirSync(out).length > 0)
    throw new BackupError(`${out} is not empty: a backup goes into a directory of its own`);
  makeDirectoryDurably(out);
  const position = now();
  const files: BackedUpFile[] = [];
  const places = { dataDir, out };
  for (const tenant of tenantsOf(dataDir)) files.push(...(await copyTenant(places, `tenants/${tenant}`)));
  files.push(...(await copyStore(places, 'platform.db')));
  for (const path of withSecrets ? ['secrets.json', 'bootstrap.json'] : []) files.push(...copyAsItIs(places, path));
  const manifest: BackupManifest = { format: 'gatra-backup', version: MANIFEST_VERSION, position, finished_at: now(), files };
  writeDurably(join(out, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

interface Places {
  readonly dataDir: string;
  readonly out: string;
}

function tenantsOf(dataDir: string): readonly string[] {
  return existsSync(join(dataDir, 'tenants')) ? readdirSync(join(dataDir, 'tenants')).sort() : [];
}

async function copyTenant(places: Places, directory: string): Promise<readonly BackedUpFile[]> {
  const { dataDir } = places;
  if (!existsSync(join(dataDir, directory))) return [];
  const months = eventMonthsToCopy(join(dataDir, directory));
  refuseLost(join(dataDir, directory, 'cases.db'));
  const files: BackedUpFile[] = [];
  for (const month of months) files.push(...(await copyMonth(places, directory, month)));
  const cases = await copyStore(places, `${directory}/cases.db`);
  return cases.length === 0 ? files : [...files, ...cases, ...copyAsItIs(places, `${directory}/cases.mark`)];
}

/** Copies a month of events, its mark first, so that it never says more than the file. */
async function copyMonth(places: Places, directory: string, { month, repairing }: MonthToCopy): Promise<readonly BackedUpFile[]> {
  const path = `${directory}/events-${month}`;
  const mark = copyAsItIs(places, `${path}.mark`);
  const events = await copyEvents(places, `${path}.db`, mark.length > 0);
  if (repairing !== undefined) {
    const aside = copyAsItIs(places, `${directory}/${repairing}`);
    return [...mark, ...events, ...aside.map((file) => ({ ...file, damaged: 'its repair was not finished' }))];
  }
  if (events.length > 0) return [...mark, ...events];
  if (existsSync(join(places.dataDir, `${path}.mark`))) return mark.map((file) => ({ ...file, damaged: 'its file of events is gone' }));
  rmSync(join(places.out, `${path}.mark`), { force: true });
  return [];
}

/** Copies a file of events as it was at one moment, or byte for byte where SQLite cannot read it. */
async function copyEvents(places: Places, path: string, isMarked: boolean): Promise<readonly BackedUpFile[]> {
  try {
    const [file] = await copyDatabase(places, path);
    if (!file) return [];
    const copy = join(places.out, path);
    const damaged = databaseFault(copy) ?? (isMarked && !hasTable(copy, 'chunk') ? 'it is empty' : undefined);
    return [damaged === undefined ? file : { ...file, damaged }];
  } catch (error) {
    if (storageFaultOf(error) !== 'damaged') throw error;
    rmSync(join(places.out, path), { force: true });
    return copyAsItIs(places, path).map((file) => ({ ...file, damaged: (error as Error).message }));
  }
}

function copyAsItIs({ dataDir, out }: Places, path: string): readonly BackedUpFile[] {
  if (!existsSync(join(dataDir, path))) return [];
  makeDirectoryDurably(dirname(join(out, path)));
  copyFileSync(join(dataDir, path), join(out, path));
  syncFile(join(out, path));
  return [describe(out, path)];
}

/** @throws BackupError where a tenant's cases were there and are not any more. */
function refuseLost(file: string): void {
  try {
    refuseLostCases(file);
  } catch (error) {
    throw error instanceof DatabaseDamaged ? new BackupError(`${file}: ${error.message}`) : error;
  }
}

/** Copies a database, none where it is gone, as when its tenant was deleted meanwhile. */
async function copyDatabase({ dataDir, out }: Places, path: string): Promise<readonly BackedUpFile[]> {
  const [from, to] = [join(dataDir, path), join(out, path)];
  if (!existsSync(from)) return [];
  makeDirectoryDurably(dirname(to));
  const source = new DatabaseSync(from, { timeout: BUSY_MS });
  try {
    await backup(source, to, { rate: ALL_PAGES });
  } finally {
    source.close();
  }
  const copy = new DatabaseSync(to);
  try {
    copy.exec('PRAGMA journal_mode = DELETE');
  } finally {
    copy.close();
  }
  syncFile(to);
  return [describe(out, path)];
}

/** Copies a store that has to be whole, with its audit log. */
async function copyStore(places: Places, path: string): Promise<readonly BackedUpFile[]> {
  const [copied] = await copyDatabase(places, path).catch((error: unknown) => {
    throw storageFaultOf(error) === 'damaged' ? new BackupError(`${path} is damaged: ${(error as Error).message}`) : error;
  });
  if (!copied) return [];
  const [from, to] = [join(places.dataDir, path), join(places.out, path)];
  const unsound = databaseFault(to);
  if (unsound !== undefined) throw new BackupError(`${from} is damaged: ${unsound}`);
  if (!hasTable(to, 'audit_log')) return [copied];
  const { log, records, head, fault } = verifyAuditFile(to);
  if (fault) throw new BackupError(`the audit log in ${from} is broken: record ${fault.index} ${fault.reason}`);
  return [{ ...copied, audit: { log, records, head } }];
}

function hasTable(file: string, name: string): boolean {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(name) !== undefined;
  } finally {
    db.close();
  }
}

function describe(out: string, path: string): BackedUpFile {
  const file = join(out, path);
  return { path, bytes: statSync(file).size, sha256: hashOfFile(file) };
}
