import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely';
import { operationName } from '../sqlite-listener.js';
import { StatementSpans } from '../statement-spans.js';
import type { PostgresPool } from './postgres-pool.js';
import { onlyReads, type PostgresScope } from './postgres-scope.js';
import { ScopedTransaction } from './scoped-transaction.js';
import type { Turns } from './turns.js';

/**
 * A connection of one scope. Every statement runs in a transaction that begins by saying whose rows it is for, and what it said ends with it: nothing of a
 * tenant is left on a connection that somebody else gets. It holds one of the pool only while it has something to ask.
 */
export class ScopedConnection implements DatabaseConnection {
  private transaction: ScopedTransaction | undefined;
  private readonly spans: StatementSpans;

  constructor(
    private readonly pool: PostgresPool,
    private readonly scope: PostgresScope,
    private readonly turns: Turns,
  ) {
    this.spans = new StatementSpans('postgresql', pool.store);
  }

  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { transaction } = this;
    return this.spans.statement(() => (transaction ? run<R>(transaction, query) : this.alone<R>(query)));
  }

  // oxlint-disable-next-line require-yield -- Kysely's interface asks for a generator; nothing here streams rows
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('row streaming is not offered: page with a cursor');
  }

  /** @throws DatabaseAway */
  async begin(): Promise<void> {
    this.spans.begin();
    this.transaction = await ScopedTransaction.begin(this.pool, this.scope, this.turns);
  }

  /** @throws where the transaction is not known to have ended so. */
  async end(how: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    const { transaction } = this;
    this.transaction = undefined;
    try {
      await transaction?.end(how);
    } finally {
      this.spans.end(how === 'COMMIT' ? 'commit' : 'rollback');
    }
  }

  private async alone<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const transaction = await ScopedTransaction.begin(this.pool, this.scope, onlyReads(query) ? null : this.turns);
    let result: QueryResult<R>;
    try {
      result = await run<R>(transaction, query);
    } catch (error) {
      await transaction.end('ROLLBACK').catch(() => undefined);
      throw error;
    }
    await transaction.end('COMMIT');
    return result;
  }
}

async function run<R>(transaction: ScopedTransaction, query: CompiledQuery): Promise<QueryResult<R>> {
  const { rows, rowCount, command } = await transaction.query(query.sql, operationName(query.sql), query.parameters);
  return { rows: rows as R[], ...(command === 'SELECT' || rowCount === null ? {} : { numAffectedRows: BigInt(rowCount) }) };
}
