import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type Kysely,
} from 'kysely';
import { whileBusy } from './busy.js';
import { storeName } from './sqlite-listener.js';
import { StatementSpans } from './statement-spans.js';
import type { SqliteThread } from './sqlite-thread.js';

/** How long a statement waits for another process that writes to the same file. */
const PATIENCE_MS = 15_000;

/** Kysely's SQLite dialect over a file in a SqliteThread. One connection a file: a transaction has the file to itself. */
export class ThreadedSqliteDialect implements Dialect {
  constructor(
    private readonly thread: SqliteThread,
    private readonly file: string,
  ) {}

  createDriver(): Driver {
    return new ThreadedSqliteDriver(this.thread, this.file);
  }

  createQueryCompiler(): SqliteQueryCompiler {
    return new SqliteQueryCompiler();
  }

  createAdapter(): SqliteAdapter {
    return new LockingSqliteAdapter();
  }

  createIntrospector(db: Kysely<unknown>): SqliteIntrospector {
    return new SqliteIntrospector(db);
  }
}

/** SQLite's schema changes are transactional: processes that start together migrate one after another. */
class LockingSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class ThreadedSqliteDriver implements Driver {
  private connection: ThreadedSqliteConnection | undefined;
  private free = true;
  private readonly queue: (() => void)[] = [];
  private readonly spans: StatementSpans;

  constructor(
    private readonly thread: SqliteThread,
    private readonly file: string,
  ) {
    this.spans = new StatementSpans('sqlite', storeName(file));
  }

  async init(): Promise<void> {
    const handle = await whileBusy(() => this.thread.open(this.file), PATIENCE_MS);
    this.connection = new ThreadedSqliteConnection(this.thread, handle, this.spans);
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    if (!this.connection) throw new Error('the database is closed');
    if (this.free) this.free = false;
    else await new Promise<void>((resolve) => this.queue.push(resolve));
    return this.connection;
  }

  async releaseConnection(): Promise<void> {
    const next = this.queue.shift();
    if (next) next();
    else this.free = true;
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    this.spans.begin();
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
    this.spans.end('commit');
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    this.spans.end('rollback');
    await connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  async destroy(): Promise<void> {
    const connection = this.connection;
    this.connection = undefined;
    if (connection) await this.thread.close(connection.handle);
  }
}

class ThreadedSqliteConnection implements DatabaseConnection {
  constructor(
    private readonly thread: SqliteThread,
    readonly handle: number,
    private readonly spans: StatementSpans,
  ) {}

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const ask = () => whileBusy(() => this.thread.query(this.handle, query.sql, query.parameters), PATIENCE_MS);
    const reply = await this.spans.statement(ask);
    return {
      rows: reply.rows as R[],
      ...(reply.changes === undefined ? {} : { numAffectedRows: reply.changes }),
      ...(reply.insertId === undefined ? {} : { insertId: reply.insertId }),
    };
  }

  // oxlint-disable-next-line require-yield -- Kysely's interface asks for a generator; nothing here streams rows
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('row streaming is not offered: page with a cursor');
  }
}
