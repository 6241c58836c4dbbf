import type { TenantId } from '../../../../contracts/tenant.js';
import type { PostgresPool } from '../../../../platform/storage/postgres/postgres-pool.js';
import { PostgresScope } from '../../../../platform/storage/postgres/postgres-scope.js';
import { ScopedSession, type Rows, type Statement } from '../../../../platform/storage/postgres/scoped-session.js';
import { Turns } from '../../../../platform/storage/postgres/turns.js';
import type { ChunkPosition } from '../../domain/event-store.js';
import { EventTurn, NEWEST, newestIn } from './event-turn.js';

/** What is known of a tenant while something is asked of it. */
interface Served {
  readonly scope: PostgresScope;
  /** Excludes this process's own turns from each other, before they hold a connection. */
  readonly turns: Turns;
  turn: EventTurn | undefined;
}

/** Connections to the events of all tenants, and who has the turn of which tenant in this process. */
export class EventSessions {
  private readonly served = new Map<TenantId, Served>();

  /** @param pool pipelines, and is closed with this. */
  constructor(private readonly pool: PostgresPool) {}

  /** Reads, for whoever is in no turn. @throws DatabaseAway */
  async read(tenant: TenantId, operation: string, statements: readonly Statement[]): Promise<readonly Rows[]> {
    const session = await ScopedSession.open(this.pool);
    try {
      return await session.read(this.of(tenant).scope, operation, statements);
    } finally {
      session.release();
    }
  }

  /** Reads on the connection of the tenant's turn where there is one, so that nobody who has a turn waits for another connection. */
  readInTurn(tenant: TenantId, operation: string, statements: readonly Statement[]): Promise<readonly Rows[]> {
    return this.of(tenant).turn?.read(operation, statements) ?? this.read(tenant, operation, statements);
  }

  /** Where the tenant's newest chunk stands. */
  async newest(tenant: TenantId): Promise<ChunkPosition | undefined> {
    const { turn } = this.of(tenant);
    if (turn) return turn.newest;
    const [rows = []] = await this.read(tenant, 'newest', [NEWEST]);
    return newestIn(rows);
  }

  /** Runs `work` in the turn that the tenant has in this process, or in one of its own. */
  inTurn<T>(tenant: TenantId, work: (turn: EventTurn) => Promise<T>): Promise<T> {
    const { turn } = this.of(tenant);
    return turn ? work(turn) : this.exclusively(tenant, work);
  }

  /** Runs `work` while nobody else stores events of the tenant. Not to be nested. @throws DatabaseAway */
  async exclusively<T>(tenant: TenantId, work: (turn: EventTurn) => Promise<T>): Promise<T> {
    const served = this.of(tenant);
    const endTurn = await served.turns.take();
    try {
      const turn = await EventTurn.begin(this.pool, served.scope, tenant);
      served.turn = turn;
      try {
        return await work(turn);
      } finally {
        served.turn = undefined;
        await turn.end(tenant);
      }
    } finally {
      endTurn();
    }
  }

  /** Forgets a tenant of which nothing is asked. */
  release(tenant: TenantId): void {
    if (!this.served.get(tenant)?.turn) this.served.delete(tenant);
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  private of(tenant: TenantId): Served {
    let served = this.served.get(tenant);
    if (!served) this.served.set(tenant, (served = { scope: new PostgresScope(tenant), turns: new Turns(), turn: undefined }));
    return served;
  }
}
