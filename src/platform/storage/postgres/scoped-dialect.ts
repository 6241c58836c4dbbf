import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely';
import type { PostgresPool } from './postgres-pool.js';
import type { PostgresScope } from './postgres-scope.js';
import { ScopedConnection } from './scoped-connection.js';
import { Turns } from './turns.js';

/** Kysely's PostgreSQL dialect for one scope: the same queries as on SQLite, in the rows of one tenant or in the platform's. */
export class ScopedPostgresDialect implements Dialect {
  constructor(
    private readonly pool: PostgresPool,
    private readonly scope: PostgresScope,
  ) {}

  createDriver(): Driver {
    return new ScopedDriver(this.pool, this.scope);
  }

  createQueryCompiler(): PostgresQueryCompiler {
    return this.scope.tenant === null ? new PostgresQueryCompiler() : new TenantQueryCompiler();
  }

  createAdapter(): PostgresAdapter {
    return new PostgresAdapter();
  }

  createIntrospector(db: Kysely<unknown>): PostgresIntrospector {
    return new PostgresIntrospector(db);
  }
}

/** Every key of a tenant's table begins with the tenant: so do the columns that a conflict is told by. */
class TenantQueryCompiler extends PostgresQueryCompiler {
  override compileQuery(...query: Parameters<PostgresQueryCompiler['compileQuery']>): CompiledQuery {
    const compiled = super.compileQuery(...query);
    return { ...compiled, sql: compiled.sql.replace(/\bon conflict \(/gi, '$&tenant_id, ') };
  }
}

class ScopedDriver implements Driver {
  private readonly turns = new Turns();

  constructor(
    private readonly pool: PostgresPool,
    private readonly scope: PostgresScope,
  ) {}

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return new ScopedConnection(this.pool, this.scope, this.turns);
  }

  async releaseConnection(): Promise<void> {}

  async beginTransaction(connection: ScopedConnection): Promise<void> {
    await connection.begin();
  }

  async commitTransaction(connection: ScopedConnection): Promise<void> {
    await connection.end('COMMIT');
  }

  async rollbackTransaction(connection: ScopedConnection): Promise<void> {
    await connection.end('ROLLBACK');
  }

  async destroy(): Promise<void> {}
}
