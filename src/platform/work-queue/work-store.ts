import { sql } from 'kysely';
import type { TenantId } from '../../contracts/tenant.js';
import { slices } from '../storage/slices.js';
import type { TenantDatabases } from '../storage/tenant-databases.js';
import type { WorkItem } from './work-item.js';
import type { WorkTables } from './work-tables.js';

/** Items taken by a runner: nobody else gets them until the lease ends. */
export interface ClaimedWork extends WorkItem {
  readonly generation: number;
  readonly traceparent: string | null;
}

/** The queue's rows. Times are milliseconds since the epoch. */
export class WorkStore {
  /** @param mostDead most dead letters that a tenant may have. */
  constructor(
    private readonly databases: TenantDatabases,
    private readonly mostDead = 10_000,
  ) {}

  /** Takes due items of one kind, oldest first. */
  async claim(tenant: TenantId, kind: string, limit: number, now: number, leaseMs: number): Promise<readonly ClaimedWork[]> {
    const db = await this.databases.of<WorkTables>(tenant);
    const due = db
      .selectFrom('work_item')
      .select('key')
      .where('kind', '=', kind)
      .where('state', '=', 'waiting')
      .where('not_before', '<=', now)
      .where('lease_until', '<=', now)
      .orderBy('not_before')
      .orderBy('enqueued_at')
      .limit(limit);
    const rows = await db
      .updateTable('work_item')
      .set({ lease_until: now + leaseMs })
      .where('kind', '=', kind)
      .where('key', 'in', due)
      .returning(['key', 'payload', 'correlation_id', 'traceparent', 'attempts', 'generation'])
      .execute();
    return rows.map((row) => ({ ...row, kind, payload: JSON.parse(row.payload) as Record<string, unknown> }));
  }

  /** Removes what was done; what was enqueued again meanwhile waits for its next run. */
  async complete(tenant: TenantId, items: readonly ClaimedWork[], now: number): Promise<void> {
    const db = await this.databases.of<WorkTables>(tenant);
    await db.transaction().execute(async (trx) => {
      for (const slice of slices(items)) {
        const done = sql`(VALUES ${sql.join(slice.map(({ kind, key, generation }) => sql`(${kind}, ${key}, ${generation})`))})`;
        await sql`DELETE FROM work_item WHERE (kind, key, generation) IN ${done}`.execute(trx);
        const again = sql`(VALUES ${sql.join(slice.map(({ kind, key }) => sql`(${kind}, ${key})`))})`;
        await sql`UPDATE work_item SET lease_until = 0, attempts = 0, not_before = ${now} WHERE (kind, key) IN ${again}`.execute(trx);
      }
    });
  }

  /** Puts a failed item back until `notBefore`, or among the dead letters where that is null. */
  async fail(tenant: TenantId, item: ClaimedWork, error: string, notBefore: number | null): Promise<void> {
    const db = await this.databases.of<WorkTables>(tenant);
    await db
      .updateTable('work_item')
      .set({
        attempts: item.attempts + 1,
        lease_until: 0,
        last_error: error,
        ...(notBefore === null ? { state: 'dead' as const } : { not_before: notBefore }),
      })
      .where('kind', '=', item.kind)
      .where('key', '=', item.key)
      .execute();
  }

  /**
   * Puts a failed item among the dead letters; where a tenant has as many of them as it may, the item goes on being tried, at `otherwise`. Answers
   * whether it is a dead letter.
   */
  async bury(tenant: TenantId, item: ClaimedWork, error: string, otherwise: number): Promise<boolean> {
    const db = await this.databases.of<WorkTables>(tenant);
    const row = await db
      .selectFrom('work_item')
      .select((eb) => eb.fn.countAll<number>().as('dead'))
      .where('state', '=', 'dead')
      .executeTakeFirst();
    const isDead = (row?.dead ?? 0) < this.mostDead;
    await this.fail(tenant, item, error, isDead ? null : otherwise);
    return isDead;
  }

  /** When the next item of these kinds falls due; `undefined` where none waits. */
  async nextDue(tenant: TenantId, kinds: readonly string[]): Promise<number | undefined> {
    const db = await this.databases.of<WorkTables>(tenant);
    const row = await db
      .selectFrom('work_item')
      .select(sql<number | null>`min(max(not_before, lease_until))`.as('due'))
      .where('state', '=', 'waiting')
      .where('kind', 'in', kinds)
      .executeTakeFirst();
    return row?.due ?? undefined;
  }
}
