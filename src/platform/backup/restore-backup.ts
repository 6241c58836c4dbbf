import { copyFileSync, existsSync, readdirSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { verifyAuditFile } from '../audit/verify-audit-file.js';
import { makeDirectoryDurably, syncDirectory } from '../storage/write-durably.js';
import { BackupError, MANIFEST_FILE, readManifest, type BackedUpFile, type BackupManifest } from './backup-manifest.js';
import { databaseFault } from './database-fault.js';
import { hashOfFile, syncFile } from './file-hash.js';

/**
 * Puts a backup into a data directory that is missing or empty. Every file is held against the manifest before anything is written, and again where
 * it was put: its size and hash, what SQLite says of it where the backup does not say that it is damaged, and its audit log up to the head that was noted. A directory that is missing takes its name
 * last; one that is there, which may be the root of a volume, is filled from a directory in it, and nothing is written outside of it.
 * @throws BackupError with nothing there but what was there before.
 */
export function restoreBackup(from: string, dataDir: string): BackupManifest {
  const manifest = readManifest(from);
  const isThere = existsSync(dataDir);
  const unfinished = isThere ? join(dataDir, '.restoring') : `${dataDir}.restoring`;
  if (existsSync(unfinished))
    throw new BackupError(`${unfinished} is there, of a restore that did not end: look at it, remove it, and try again`);
  if (isThere && readdirSync(dataDir).some((name) => name !== 'lost+found')) {
    throw new BackupError(`${dataDir} is not empty: a backup is restored into a directory of its own, never over another`);
  }
  refuseUnknown(from, manifest);
  for (const file of manifest.files) check(from, file);
  try {
    for (const file of manifest.files) {
      const to = join(unfinished, file.path);
      makeDirectoryDurably(dirname(to));
      copyFileSync(join(from, file.path), to);
      syncFile(to);
      check(unfinished, file);
    }
    if (isThere) moveIn(unfinished, dataDir);
    else renameSync(unfinished, dataDir);
    syncDirectory(isThere ? dataDir : dirname(dataDir));
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw error;
  }
  return manifest;
}

/** Moves everything in, tenants first and the platform's database last: a directory with the ones and without the other is refused at start. */
function moveIn(from: string, dataDir: string): void {
  const others = readdirSync(from).filter((name) => name !== 'tenants' && name !== 'platform.db');
  for (const name of ['tenants', ...others, 'platform.db'])
    if (existsSync(join(from, name))) renameSync(join(from, name), join(dataDir, name));
  rmdirSync(from);
}

function refuseUnknown(from: string, { files }: BackupManifest): void {
  const known = new Set([...files.map(({ path }) => path), MANIFEST_FILE]);
  const unknown = readdirSync(from, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(from.length + 1))
    .find((path) => !known.has(path));
  if (unknown !== undefined) throw new BackupError(`${unknown} is in the backup, and its manifest does not name it`);
}

function check(directory: string, { path, bytes, sha256, audit, damaged }: BackedUpFile): void {
  const file = join(directory, path);
  if (!existsSync(file)) throw new BackupError(`${path} is missing`);
  if (statSync(file).size !== bytes || hashOfFile(file) !== sha256) throw new BackupError(`${path} is not what was backed up`);
  if (!path.endsWith('.db') || damaged !== undefined) return;
  const fault = databaseFault(file);
  if (fault !== undefined) throw new BackupError(`${path} is damaged: ${fault}`);
  if (!audit) return;
  const found = verifyAuditFile(file, audit.log);
  if (found.fault) throw new BackupError(`the audit log in ${path} is broken: record ${found.fault.index} ${found.fault.reason}`);
  if (found.records !== audit.records || found.head !== audit.head) {
    throw new BackupError(`the audit log in ${path} does not end where the manifest says`);
  }
}
