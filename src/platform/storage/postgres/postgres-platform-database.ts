import { Kysely } from 'kysely';
import { PlatformDatabase } from '../platform-database.js';
import type { PostgresPool } from './postgres-pool.js';
import { PostgresScope } from './postgres-scope.js';
import { ScopedPostgresDialect } from './scoped-dialect.js';

/** The platform's own tables in PostgreSQL. */
export class PostgresPlatformDatabase extends PlatformDatabase {
  private database: Kysely<unknown> | undefined;

  /** @param pool of another role than the tables' owner; the tables are made. */
  constructor(private readonly pool: PostgresPool) {
    super();
  }

  async get<Tables>(): Promise<Kysely<Tables>> {
    this.database ??= new Kysely<unknown>({ dialect: new ScopedPostgresDialect(this.pool, new PostgresScope(null)) });
    return this.database as Kysely<Tables>;
  }

  /** Does nothing: PostgreSQL overwrites what was deleted in its own time, and keeps it in its log until that is recycled. */
  async scrub(): Promise<void> {}

  async close(): Promise<void> {
    const { database } = this;
    this.database = undefined;
    await database?.destroy();
  }
}
