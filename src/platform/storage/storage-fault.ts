/** What a database file cannot do any more, as far as it matters to more than one statement. */
export type StorageFault = 'full' | 'sync_failed' | 'damaged';

const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_NOTADB = 26;
/** SQLITE_IOERR_FSYNC, SQLITE_IOERR_DIR_FSYNC. */
const SYNC_FAILED: readonly number[] = [1_034, 1_290];

/** A database file is not what was written, as was found before SQLite was asked. */
export class DatabaseDamaged extends Error {
  override readonly name = 'DatabaseDamaged';
  /** SQLite's own code for it. */
  readonly code = SQLITE_CORRUPT;
}

/**
 * Says what an error of SQLite means: no room on the disk; a sync that failed, after which nothing of the file may be believed to be on disk
 * (what a later sync says is worth nothing, as the system may have dropped the pages); or a file that is not what was written.
 */
export function storageFaultOf(error: unknown): StorageFault | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  const result = typeof errcode === 'number' ? errcode : code;
  if (typeof result !== 'number') return undefined;
  if (SYNC_FAILED.includes(result)) return 'sync_failed';
  const primary = result & 0xff;
  if (primary === SQLITE_FULL) return 'full';
  return primary === SQLITE_CORRUPT || primary === SQLITE_NOTADB ? 'damaged' : undefined;
}
