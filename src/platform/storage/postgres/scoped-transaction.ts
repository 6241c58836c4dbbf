import pg from 'pg';
import { DatabaseAway } from '../database-away.js';
import type { PostgresPool } from './postgres-pool.js';
import type { PostgresScope } from './postgres-scope.js';
import { toDatabaseAway } from './to-database-away.js';
import type { Turns } from './turns.js';

const NO_TURN = (): void => undefined;

type Rows = pg.QueryResult<Record<string, unknown>>;

/** A transaction of one scope, and the connection that it has until it ends. */
export class ScopedTransaction {
  private isAnswered = true;

  private constructor(
    private readonly pool: PostgresPool,
    private readonly client: pg.PoolClient,
    private readonly endTurn: () => void,
  ) {}

  /**
   * Begins one, as soon as nobody else writes in the scope where it is to write, by saying whose rows it is for.
   * @throws DatabaseAway
   */
  static async begin(pool: PostgresPool, scope: PostgresScope, turns: Turns | null): Promise<ScopedTransaction> {
    const endTurn = turns === null ? NO_TURN : await turns.take();
    let begun: ScopedTransaction | undefined;
    try {
      begun = new ScopedTransaction(pool, await pool.connect(), endTurn);
      await begun.query(turns === null ? scope.beginReading : scope.beginWriting, 'begin');
      return begun;
    } catch (error) {
      if (begun) begun.letGo(true);
      else endTurn();
      throw toDatabaseAway(error);
    }
  }

  /** @throws DatabaseAway, and what PostgreSQL says of the statement. */
  async query(text: string, operation: string, values: readonly unknown[] = []): Promise<Rows> {
    const asked = performance.now();
    try {
      return await this.client.query<Record<string, unknown>>(text, [...values]);
    } catch (error) {
      this.isAnswered &&= error instanceof pg.DatabaseError;
      throw toDatabaseAway(error);
    } finally {
      this.pool.listener.answered(this.pool.store, operation, (performance.now() - asked) / 1_000);
    }
  }

  /**
   * Ends it and gives its connection back. Of a connection that did not answer nothing more is asked: it is closed, and PostgreSQL rolls back what is left.
   * @throws where it is not known to have ended so.
   */
  async end(how: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    let isInDoubt = true;
    try {
      if (!this.isAnswered && how === 'ROLLBACK') return;
      if (!this.isAnswered) throw new DatabaseAway('PostgreSQL did not answer');
      const { command } = await this.query(how, how.toLowerCase());
      isInDoubt = false;
      if (command !== how) throw new Error('the transaction was rolled back');
    } finally {
      this.letGo(isInDoubt);
    }
  }

  private letGo(isInDoubt: boolean): void {
    this.pool.release(this.client, isInDoubt);
    this.endTurn();
  }
}
