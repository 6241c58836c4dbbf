import { statSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { StoreVersionError } from '../../../platform/storage/migrations.js';
import { storageFaultOf } from '../../../platform/storage/storage-fault.js';
import { DamagedPart } from '../domain/event-damage.js';
import { EVENT_FILE_SCHEMA, EVENT_FILE_STEPS, EVENT_FILE_VERSION } from './event-file-schema.js';
import { MonthSeal } from './month-seal.js';

/** The failed sync after which this thread writes no more: what a later one says is worth nothing. */
let syncFailure: unknown;

/** Has this thread write nothing more to any event file. @param failure the failed sync, which all that would be written is refused with. */
export function refuseWrites(failure: unknown): void {
  syncFailure ??= failure;
}

let expected: string | undefined;

/** The schema that every event file has once it is up to date. */
function expectedSchema(): string {
  if (expected === undefined) {
    const db = new DatabaseSync(':memory:');
    db.exec(EVENT_FILE_SCHEMA);
    expected = schemaOf(db);
    db.close();
  }
  return expected;
}

/** All tables and indexes as they were declared, without spaces: where a step has added a column they stand elsewhere. */
function schemaOf(db: DatabaseSync): string {
  const rows = db.prepare('SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name').all();
  return rows.map(({ name, sql }) => `${String(name)}=${String(sql)}`.replaceAll(/\s/g, '')).join('\n');
}

/** One month of one tenant's events: an SQLite file, used by one thread. */
export class EventFile {
  private readonly db: DatabaseSync;
  private readonly inode: number;
  private readonly statements = new Map<string, StatementSync>();

  /**
   * Opens the file, made when missing.
   * @throws StoreVersionError where it was written by a later version.
   */
  constructor(
    private readonly path: string,
    /** `2026-11`. */
    readonly month: string,
    readonly seal = new MonthSeal(undefined, ''),
  ) {
    this.db = new DatabaseSync(path, { timeout: 5_000 });
    try {
      this.version();
      this.db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000;');
      this.inode = statSync(path).ino;
      this.prepareSchema();
    } catch (error) {
      this.db.close();
      throw error;
    }
  }

  /** Number of the newest chunk, 0 where there is none. Asked of the file, as other processes may write to it too. */
  get lastSequence(): number {
    return Number(this.one('SELECT coalesce(max(sequence), 0) AS last FROM chunk')?.['last']);
  }

  /** Runs `work` as one transaction, durable once this returns. */
  transaction<T>(work: () => T): T {
    if (syncFailure !== undefined) throw syncFailure;
    this.db.exec('BEGIN IMMEDIATE');
    try {
      if (!this.isInPlace) throw new Error('another process has set the event file aside');
      const result = work();
      this.db.exec('COMMIT');
      return result;
    } catch (error) {
      if (storageFaultOf(error) === 'sync_failed') refuseWrites(error);
      if (this.db.isTransaction) this.db.exec('ROLLBACK');
      throw error;
    }
  }

  /** Reads as if nobody wrote meanwhile. */
  snapshot<T>(read: () => T): T {
    this.db.exec('BEGIN');
    try {
      return read();
    } finally {
      this.db.exec('COMMIT');
    }
  }

  /** Whether the file at its path is still this one. */
  get isInPlace(): boolean {
    return statSync(this.path, { throwIfNoEntry: false })?.ino === this.inode;
  }

  run(sql: string, ...values: SQLInputValue[]): void {
    this.prepared(sql).run(...values);
  }

  /** Inserts a row, by the names of its columns. */
  insert(table: string, row: Readonly<Record<string, unknown>>): void {
    const columns = Object.keys(row);
    const sql = `INSERT INTO ${table} (${columns.join()}) VALUES (${columns.map(() => '?').join()})`;
    this.run(sql, ...(Object.values(row) as SQLInputValue[]));
  }

  one(sql: string, ...values: SQLInputValue[]): Record<string, unknown> | undefined {
    return this.prepared(sql).get(...values);
  }

  all(sql: string, ...values: SQLInputValue[]): Record<string, unknown>[] {
    return this.prepared(sql).all(...values);
  }

  close(): void {
    this.db.close();
  }

  private prepared(sql: string): StatementSync {
    let statement = this.statements.get(sql);
    if (!statement) {
      statement = this.db.prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement;
  }

  /** @throws DamagedPart where the tables are not those of the version. */
  private prepareSchema(): void {
    this.bringUpToDate();
    if (schemaOf(this.db) !== expectedSchema()) throw new DamagedPart('the schema is not what was written');
  }

  private makeTables(): void {
    if (this.db.prepare('SELECT 1 FROM sqlite_schema').get()) throw new DamagedPart('a file of no version has tables');
    this.db.exec(EVENT_FILE_SCHEMA);
  }

  private bringUpToDate(): void {
    if (this.version() === EVENT_FILE_VERSION) return;
    this.transaction(() => {
      const version = this.version();
      if (version === 0) this.makeTables();
      for (let step = version; step > 0 && step < EVENT_FILE_VERSION; step += 1) this.db.exec(EVENT_FILE_STEPS[step] ?? '');
      this.db.exec(`PRAGMA user_version = ${EVENT_FILE_VERSION}`);
    });
  }

  /** @throws StoreVersionError */
  private version(): number {
    const version = Number(this.db.prepare('PRAGMA user_version').get()?.['user_version']);
    refuseLaterEvents(version);
    return version;
  }
}

/** @throws StoreVersionError for a version that is not known here. */
export function refuseLaterEvents(version: number): void {
  if (version <= EVENT_FILE_VERSION) return;
  throw new StoreVersionError(
    `The event file was written by a later version of GATRA (${version}; this one knows ${EVENT_FILE_VERSION}): start that version, or restore a backup from before.`,
  );
}
