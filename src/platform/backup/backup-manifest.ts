import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const MANIFEST_FILE = 'manifest.json';
export const MANIFEST_VERSION = 1 as const;

/** A file of a backup. */
export interface BackedUpFile {
  /** Relative to the data directory, with `/`. */
  readonly path: string;
  readonly bytes: number;
  /** SHA-256, hex. */
  readonly sha256: string;
  /** End of the audit log in it, where it has one. */
  readonly audit?: { readonly log: string; readonly records: number; readonly head: string };
  /** What is wrong with these events, which are as they were found: the app saves what is readable of them, and counts what is not. */
  readonly damaged?: string;
}

/** What a backup says of itself. Written last: where it is missing, the backup was not finished. */
export interface BackupManifest {
  readonly format: 'gatra-backup';
  readonly version: typeof MANIFEST_VERSION;
  /** RFC 3339 UTC: whatever was acknowledged before is in the backup; of what came later some may be. */
  readonly position: string;
  readonly finished_at: string;
  readonly files: readonly BackedUpFile[];
}

/** A backup that cannot be used, and why. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}

const PATH = /^(?:platform\.db|secrets\.json|bootstrap\.json|tenants\/[0-9a-f]{32}\/cases\.(?:db|mark))$/;
const EVENTS = /^tenants\/[0-9a-f]{32}\/events-\d{4}-\d{2}\.(?:db|mark|repairing-\d{1,15}\.db)$/;

/** Reads a backup's manifest. @throws BackupError */
export function readManifest(directory: string): BackupManifest {
  const file = join(directory, MANIFEST_FILE);
  if (!existsSync(file)) throw new BackupError(`there is no finished backup in ${directory}: it has no ${MANIFEST_FILE}`);
  const manifest = parse(readFileSync(file, 'utf8'));
  const version: number | undefined = manifest?.version;
  if (manifest?.format !== 'gatra-backup') throw new BackupError(`${file} is not the manifest of a backup`);
  if (version !== MANIFEST_VERSION) {
    throw new BackupError(`the backup is of version ${String(version)}; this program knows ${String(MANIFEST_VERSION)}`);
  }
  if (!Array.isArray(manifest.files) || !manifest.files.every(isOfABackup)) {
    throw new BackupError(`${file} names files that no backup has`);
  }
  return manifest;
}

function isOfABackup({ path, damaged }: BackedUpFile): boolean {
  return EVENTS.test(path) || (PATH.test(path) && damaged === undefined);
}

function parse(text: string): BackupManifest | undefined {
  try {
    return JSON.parse(text) as BackupManifest;
  } catch {
    return undefined;
  }
}
