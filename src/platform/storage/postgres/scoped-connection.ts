import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely';
import type { PoolClient } from 'pg';
import { operationName } from '../sqlite-listener.js';
import type { PostgresPool } from './postgres-pool.js';
import { onlyReads, type PostgresScope } from './postgres-scope.js';
import type { Turns } from './turns.js';

interface Held {
  readonly client: PoolClient;
  readonly endTurn: () => void;
}

const NO_TURN = (): void => undefined;

/**
 * A connection of one scope. Every statement runs in a transaction that begins by saying whose rows it is for, and what it said ends with it: nothing of a
 * tenant is left on a connection that somebody else gets. It holds one of the pool only while it has something to ask.
 */
export class ScopedConnection implements DatabaseConnection {
  private transaction: Held | undefined;

  constructor(
    private readonly pool: PostgresPool,
    private readonly scope: PostgresScope,
    private readonly turns: Turns,
  ) {}

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.transaction) return this.run<R>(this.transaction.client, query);
    const held = await this.open(onlyReads(query));
    try {
      const result = await this.run<R>(held.client, query);
      await this.close(held, 'COMMIT');
      return result;
    } catch (error) {
      await this.close(held, 'ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  // oxlint-disable-next-line require-yield -- Kysely's interface asks for a generator; nothing here streams rows
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('row streaming is not offered: page with a cursor');
  }

  async begin(): Promise<void> {
    this.transaction = await this.open(false);
  }

  /** @throws where the transaction is not known to have ended so. */
  async end(how: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    const { transaction } = this;
    this.transaction = undefined;
    if (transaction) await this.close(transaction, how);
  }

  private async open(isReading: boolean): Promise<Held> {
    const endTurn = isReading ? NO_TURN : await this.turns.take();
    let client: PoolClient | undefined;
    try {
      client = await this.pool.connect();
      await this.timed(client, isReading ? this.scope.beginReading : this.scope.beginWriting, 'begin');
      return { client, endTurn };
    } catch (error) {
      if (client) this.pool.release(client, true);
      endTurn();
      throw error;
    }
  }

  private async close({ client, endTurn }: Held, how: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    let isInDoubt = true;
    try {
      const { command } = await this.timed(client, how, how.toLowerCase());
      isInDoubt = false;
      if (command !== how) throw new Error('the transaction was rolled back');
    } finally {
      this.pool.release(client, isInDoubt);
      endTurn();
    }
  }

  private async run<R>(client: PoolClient, query: CompiledQuery): Promise<QueryResult<R>> {
    const operation = operationName({ op: 'query', handle: 0, sql: query.sql, parameters: [] });
    const { rows, rowCount, command } = await this.timed(client, query.sql, operation, query.parameters);
    return { rows: rows as R[], ...(command === 'SELECT' || rowCount === null ? {} : { numAffectedRows: BigInt(rowCount) }) };
  }

  private async timed(client: PoolClient, text: string, operation: string, values: readonly unknown[] = []) {
    const asked = performance.now();
    try {
      return await client.query<Record<string, unknown>>(text, [...values]);
    } finally {
      this.pool.listener.answered(this.pool.store, operation, (performance.now() - asked) / 1_000);
    }
  }
}
