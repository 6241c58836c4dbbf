import { join } from 'node:path';
import { Kysely, sql } from 'kysely';
import { ThreadedSqliteDialect } from './kysely-sqlite-dialect.js';
import { migrate, type Migrations } from './migrations.js';
import { PlatformDatabase } from './platform-database.js';
import { PlatformLostError } from './refuse-lost-platform.js';
import type { SqliteThread } from './sqlite-thread.js';
import { storageFaultOf } from './storage-fault.js';
import { makeDirectoryDurably } from './write-durably.js';

/** The platform's own database file: tenants, keys, and the platform's audit log. */
export class SqlitePlatformDatabase extends PlatformDatabase {
  private database: Promise<Kysely<unknown>> | undefined;

  constructor(
    private readonly thread: SqliteThread,
    private readonly dataDir: string,
    private readonly migrations: Migrations,
  ) {
    super();
  }

  /** The database, typed by the tables that the caller works with. */
  async get<Tables>(): Promise<Kysely<Tables>> {
    this.database ??= this.openAndMigrate();
    return (await this.database) as Kysely<Tables>;
  }

  /** Takes what was deleted or replaced out of the write-ahead log too; in the file itself it is overwritten at once. */
  async scrub(): Promise<void> {
    await sql`PRAGMA wal_checkpoint(TRUNCATE)`.execute(await this.get());
  }

  async close(): Promise<void> {
    const database = await this.database?.catch(() => undefined);
    this.database = undefined;
    await database?.destroy();
  }

  private async openAndMigrate(): Promise<Kysely<unknown>> {
    makeDirectoryDurably(this.dataDir);
    const db = new Kysely<unknown>({ dialect: new ThreadedSqliteDialect(this.thread, join(this.dataDir, 'platform.db')) });
    try {
      await refuseDamaged(db);
      await sql`PRAGMA secure_delete = ON`.execute(db);
      await migrate(db, this.migrations);
    } catch (error) {
      throw storageFaultOf(error) === 'damaged' ? new PlatformLostError('is damaged', { cause: error }) : error;
    }
    return db;
  }
}

/** @throws PlatformLostError where its pages are not what SQLite wrote. */
async function refuseDamaged(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ quick_check: string }>`PRAGMA quick_check(1)`.execute(db);
  if (rows[0]?.quick_check !== 'ok') throw new PlatformLostError('is damaged');
}
