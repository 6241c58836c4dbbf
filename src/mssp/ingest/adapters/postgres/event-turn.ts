import pg from 'pg';
import type { TenantId } from '../../../../contracts/tenant.js';
import { DatabaseAway } from '../../../../platform/storage/database-away.js';
import type { PostgresPool } from '../../../../platform/storage/postgres/postgres-pool.js';
import type { PostgresScope } from '../../../../platform/storage/postgres/postgres-scope.js';
import { ScopedSession, type Rows, type Statement } from '../../../../platform/storage/postgres/scoped-session.js';
import type { ChunkPosition } from '../../domain/event-store.js';
import { fromMonthNumber, toMonthNumber } from './month-number.js';

/** How long one waits for whoever has the turn, in all and on one connection, in milliseconds. */
const PATIENCE_MS = 30_000;
const AT_ONCE_MS = 250;
/** Whose session says nothing for so long has lost the turn: PostgreSQL ends it. */
const SILENT_SESSION_MS = 60_000;

/** Asks where a tenant's newest chunk stands. */
export const NEWEST: Statement = { text: 'SELECT month, sequence FROM event_chunk ORDER BY month DESC, sequence DESC LIMIT 1' };

/** Asks for the number of the newest chunk of a month, as `last`, 0 where there is none. */
export function lastQuestion(month: string): Statement {
  return { text: 'SELECT coalesce(max(sequence), 0) AS last FROM event_chunk WHERE month = $1', values: [toMonthNumber(month)] };
}

/**
 * A turn of a tenant: while it lasts nobody else stores events of the tenant, on whichever machine. The lock belongs to the session that stores them, so
 * that who has lost the one has lost the other: what it writes afterwards is refused, not written beside another's.
 */
export class EventTurn {
  private isLost = false;
  private underWay = 0;
  private idle: (() => void) | undefined;

  private constructor(
    private readonly session: ScopedSession,
    private readonly scope: PostgresScope,
    private position: ChunkPosition | undefined,
  ) {}

  /** @throws DatabaseAway also where the turn is not to be had in half a minute. */
  static async begin(pool: PostgresPool, scope: PostgresScope, tenant: TenantId): Promise<EventTurn> {
    const until = performance.now() + PATIENCE_MS;
    const lock = [
      {
        text: `SELECT set_config('lock_timeout', '${AT_ONCE_MS}', true), set_config('idle_session_timeout', '${SILENT_SESSION_MS}', false)`,
      },
      { text: `SELECT pg_advisory_lock(${lockOf(tenant)})` },
      NEWEST,
    ];
    for (;;) {
      const session = await ScopedSession.open(pool);
      try {
        const [, , newest] = await session.read(scope, 'turn', lock);
        return new EventTurn(session, scope, newestIn(newest ?? []));
      } catch (error) {
        const isTaken = isLockTimeout(error);
        session.release(!isTaken);
        if (!isTaken || performance.now() >= until) throw error;
      }
    }
  }

  /** Where the newest chunk stands. */
  get newest(): ChunkPosition | undefined {
    return this.position;
  }

  /** Number of the newest chunk of a month, 0 where there is none. */
  async lastOf(month: string): Promise<number> {
    if (this.position?.month === month) return this.position.sequence;
    const [rows] = await this.read('last', [lastQuestion(month)]);
    return Number(rows?.[0]?.['last']);
  }

  /** Notes a chunk that was stored in this turn. */
  noteStored(position: ChunkPosition): void {
    if (this.position === undefined || position.month >= this.position.month) this.position = position;
  }

  read(operation: string, statements: readonly Statement[]): Promise<readonly Rows[]> {
    return this.whileHeld(() => this.session.read(this.scope, operation, statements));
  }

  write(operation: string, statements: readonly Statement[]): Promise<readonly Rows[]> {
    return this.whileHeld(() => this.session.write(this.scope, operation, statements));
  }

  /** Ends the turn once nothing is asked in it any more. */
  async end(tenant: TenantId): Promise<void> {
    if (this.underWay > 0) await new Promise<void>((resolve) => (this.idle = resolve));
    try {
      if (!this.isLost)
        await this.session.read(this.scope, 'turn', [
          { text: `SELECT pg_advisory_unlock(${lockOf(tenant)}), set_config('idle_session_timeout', '0', false)` },
        ]);
    } catch {
      this.isLost = true;
    }
    this.session.release(this.isLost);
  }

  private async whileHeld<T>(work: () => Promise<T>): Promise<T> {
    this.underWay += 1;
    try {
      return await work();
    } catch (error) {
      this.isLost ||= error instanceof DatabaseAway;
      throw error;
    } finally {
      this.underWay -= 1;
      if (this.underWay === 0) this.idle?.();
    }
  }
}

/** What is answered to that. */
export function newestIn(rows: Rows): ChunkPosition | undefined {
  const [row] = rows;
  return row && { month: fromMonthNumber(Number(row['month'])), sequence: Number(row['sequence']) };
}

function lockOf(tenant: TenantId): string {
  return `hashtextextended(${pg.escapeLiteral(`gatra_events ${tenant}`)}, 0)`;
}

function isLockTimeout(error: unknown): boolean {
  const { cause } = error as { cause?: unknown };
  return error instanceof DatabaseAway && cause instanceof pg.DatabaseError && cause.code === '55P03';
}
