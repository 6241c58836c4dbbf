import pg from 'pg';
import { DatabaseAway } from '../database-away.js';
import type { PostgresPool } from './postgres-pool.js';
import type { PostgresScope } from './postgres-scope.js';
import { toDatabaseAway } from './to-database-away.js';

/** A statement, and the values of its parameters. */
export interface Statement {
  readonly text: string;
  readonly values?: readonly unknown[];
}

/** The rows that a statement answers. */
export type Rows = readonly Record<string, unknown>[];

/**
 * A connection of a pipelining pool for as long as somebody has it. A transaction is sent as a whole and costs one round trip, however many statements it has;
 * of several that are asked for together each runs to its end before the next. As everywhere, it begins by saying whose rows it is for.
 */
export class ScopedSession {
  private isInDoubt = false;

  private constructor(
    private readonly pool: PostgresPool,
    private readonly client: pg.PoolClient,
  ) {}

  /** @throws DatabaseAway where no connection is to be had in time. */
  static async open(pool: PostgresPool): Promise<ScopedSession> {
    try {
      return new ScopedSession(pool, await pool.connect());
    } catch (error) {
      throw toDatabaseAway(error);
    }
  }

  /**
   * Reads; answers the rows of each statement.
   * @param operation what it is called in metrics.
   * @throws DatabaseAway, and what PostgreSQL says of the first statement that fails.
   */
  read(scope: PostgresScope, operation: string, statements: readonly Statement[]): Promise<readonly Rows[]> {
    return this.run(scope.beginReading, operation, statements);
  }

  /** Writes all of it or nothing, durable once it resolves. @throws as `read`. */
  write(scope: PostgresScope, operation: string, statements: readonly Statement[]): Promise<readonly Rows[]> {
    return this.run(scope.begin, operation, statements);
  }

  /** Gives the connection back. @param isInDoubt whether it may hold what nobody else should get: it is closed then, as it is where it did not answer. */
  release(isInDoubt = false): void {
    this.pool.release(this.client, isInDoubt || this.isInDoubt);
  }

  private async run(begin: string, operation: string, statements: readonly Statement[]): Promise<readonly Rows[]> {
    if (this.isInDoubt) throw new DatabaseAway('the connection to PostgreSQL was lost');
    const asked = performance.now();
    const begun = this.client.query(begin);
    const answers = statements.map(({ text, values = [] }) => this.client.query<Record<string, unknown>>(text, [...values]));
    const ended = this.client.query('COMMIT');
    const settled = await Promise.allSettled([begun, ...answers, ended]);
    this.pool.listener.answered(this.pool.store, operation, (performance.now() - asked) / 1_000);
    const failed = settled.find((one) => one.status === 'rejected');
    if (failed) {
      this.isInDoubt ||= settled.some((one) => one.status === 'rejected' && !(one.reason instanceof pg.DatabaseError));
      throw toDatabaseAway(failed.reason);
    }
    if ((await ended).command !== 'COMMIT') throw new Error('the transaction was rolled back');
    return Promise.all(answers.map(async (answer) => (await answer).rows));
  }
}
