import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { whileBusy } from './busy.js';

/**
 * A lock that processes on one machine share, by a file. The operating system takes it back when its holder ends, however it ends, so it is
 * never left behind; the file itself stays, empty.
 */
export class ProcessLock {
  private db: DatabaseSync | undefined;

  constructor(
    private readonly file: string,
    /** How long to wait for whoever holds it. */
    private readonly patienceMs = 30_000,
  ) {}

  /** Runs `work` while nobody else holds the lock. Not to be nested. @throws where the lock is not to be had in time. */
  async exclusively<T>(work: () => T | Promise<T>): Promise<T> {
    const db = (this.db ??= this.open());
    await whileBusy(() => db.exec('BEGIN EXCLUSIVE'), this.patienceMs);
    try {
      return await work();
    } finally {
      db.exec('ROLLBACK');
    }
  }

  close(): void {
    this.db?.close();
    this.db = undefined;
  }

  private open(): DatabaseSync {
    mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 });
    return new DatabaseSync(this.file, { timeout: 0 });
  }
}

/** Runs `work` alone among the processes that use a data directory: what is made once, at first start, is made by one of them. */
export async function aloneInDataDirectory<T>(dataDir: string, work: () => T | Promise<T>): Promise<T> {
  const lock = new ProcessLock(`${dataDir}/start.lock`);
  try {
    return await lock.exclusively(work);
  } finally {
    lock.close();
  }
}
