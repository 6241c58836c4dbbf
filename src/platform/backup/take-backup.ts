import { copyFileSync, existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { verifyAuditFile } from '../audit/verify-audit-file.js';
import { refuseLostCases } from '../storage/cases-mark.js';
import { DatabaseDamaged } from '../storage/storage-fault.js';
import { makeDirectoryDurably, writeDurably } from '../storage/write-durably.js';
import { BackupError, MANIFEST_FILE, MANIFEST_VERSION, type BackedUpFile, type BackupManifest } from './backup-manifest.js';
import { hashOfFile, syncFile } from './file-hash.js';

const EVENT_FILE = /^events-\d{4}-\d{2}\.db$/;
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
 * with, the effect or the key is never missing.
 * @throws BackupError
 */
export async function takeBackup({ dataDir, out, withSecrets, hasCasesElsewhere, now }: BackupRequest): Promise<BackupManifest> {
  if (!existsSync(hasCasesElsewhere ? dataDir : join(dataDir, 'platform.db')))
    throw new BackupError(`there is no data directory of GATRA at ${dataDir}`);
  if (existsSync(out) && readdirSync(out).length > 0)
    throw new BackupError(`${out} is not empty: a backup goes into a directory of its own`);
  makeDirectoryDurably(out);
  const position = now();
  const files: BackedUpFile[] = [];
  for (const path of storesOf(dataDir)) {
    const copied = await copyStore(join(dataDir, path), join(out, path));
    if (copied) files.push({ path, ...copied });
  }
  for (const path of withSecrets ? ['secrets.json', 'bootstrap.json'] : []) {
    if (!existsSync(join(dataDir, path))) continue;
    copyFileSync(join(dataDir, path), join(out, path));
    syncFile(join(out, path));
    files.push({ path, ...describe(join(out, path)) });
  }
  const manifest: BackupManifest = { format: 'gatra-backup', version: MANIFEST_VERSION, position, finished_at: now(), files };
  writeDurably(join(out, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/** Paths of the stores in the order in which they are copied. */
function storesOf(dataDir: string): string[] {
  const tenants = existsSync(join(dataDir, 'tenants')) ? readdirSync(join(dataDir, 'tenants')).sort() : [];
  const perTenant = tenants.flatMap((tenant) => {
    const names = readdirSync(join(dataDir, 'tenants', tenant));
    const events = names.filter((name) => EVENT_FILE.test(name)).sort();
    refuseLost(join(dataDir, 'tenants', tenant, 'cases.db'));
    return [...events, ...names.filter((name) => name === 'cases.db')].map((name) => `tenants/${tenant}/${name}`);
  });
  return existsSync(join(dataDir, 'platform.db')) ? [...perTenant, 'platform.db'] : perTenant;
}

/** @throws BackupError where a tenant's cases were there and are not any more. */
function refuseLost(file: string): void {
  try {
    refuseLostCases(file);
  } catch (error) {
    throw error instanceof DatabaseDamaged ? new BackupError(`${file}: ${error.message}`) : error;
  }
}

/** Copies one store; `undefined` where it is gone, as when its tenant was deleted meanwhile. */
async function copyStore(from: string, to: string): Promise<Omit<BackedUpFile, 'path'> | undefined> {
  if (!existsSync(from)) return undefined;
  makeDirectoryDurably(dirname(to));
  const source = new DatabaseSync(from, { timeout: BUSY_MS });
  try {
    await backup(source, to, { rate: ALL_PAGES });
  } finally {
    source.close();
  }
  const copy = new DatabaseSync(to);
  let hasLog: boolean;
  try {
    copy.exec('PRAGMA journal_mode = DELETE');
    hasLog = copy.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'audit_log'").get() !== undefined;
  } finally {
    copy.close();
  }
  syncFile(to);
  if (!hasLog) return describe(to);
  const { log, records, head, fault } = verifyAuditFile(to);
  if (fault) throw new BackupError(`the audit log in ${from} is broken: record ${fault.index} ${fault.reason}`);
  return { ...describe(to), audit: { log, records, head } };
}

function describe(file: string): { readonly bytes: number; readonly sha256: string } {
  return { bytes: statSync(file).size, sha256: hashOfFile(file) };
}
