import { join } from 'node:path';
import { Kysely, sql } from 'kysely';
import { ThreadedSqliteDialect } from './kysely-sqlite-dialect.js';
import { migrate, type Migrations } from './migrations.js';
import { PlatformDatabase } from './platform-database.js';
import type { SqliteThread } from './sqlite-thread.js';
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
    await sql`PRAGMA secure_delete = ON`.execute(db);
    await migrate(db, this.migrations);
    return db;
  }
}
