import { closeSync, existsSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { storageFaultOf } from '../../../platform/storage/storage-fault.js';
import { refuseLaterEvents } from './event-file.js';

const FILE = /^events-\d{4}-\d{2}\.db$/;
/** Where the header of an SQLite file holds `user_version`, as four bytes, big-endian. */
const VERSION_AT = 60;
const BUSY_MS = 5_000;

/**
 * Looks at every event file before any of them is opened, so that a start is refused, and not one tenant after it. Nothing is written.
 * @throws StoreVersionError
 */
export function refuseLaterEventFiles(dataDir: string): void {
  const tenants = join(dataDir, 'tenants');
  for (const tenant of existsSync(tenants) ? readdirSync(tenants) : []) {
    const directory = join(tenants, tenant);
    for (const name of readdirSync(directory)) if (FILE.test(name)) refuseLaterEvents(versionOf(join(directory, name)));
  }
}

/** The version of a file; where its last user has left a log, as of that. One that cannot be read has none: it is found damaged when it is opened. */
function versionOf(file: string): number {
  return existsSync(`${file}-wal`) ? loggedVersion(file) : headerVersion(file);
}

function headerVersion(file: string): number {
  const bytes = Buffer.alloc(4);
  const handle = openSync(file, 'r');
  try {
    return readSync(handle, bytes, 0, bytes.length, VERSION_AT) === bytes.length && isSqlite(handle) ? bytes.readUInt32BE() : 0;
  } finally {
    closeSync(handle);
  }
}

function isSqlite(handle: number): boolean {
  const begin = Buffer.alloc(16);
  readSync(handle, begin, 0, begin.length, 0);
  return begin.toString('latin1') === 'SQLite format 3\0';
}

function loggedVersion(file: string): number {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS });
    return Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
  } catch (error) {
    if (storageFaultOf(error) !== 'damaged') throw error;
    return 0;
  } finally {
    db?.close();
  }
}
