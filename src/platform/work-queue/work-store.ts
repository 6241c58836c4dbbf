import { sql, type ExpressionBuilder } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { TenantId } from '../../contracts/tenant.js';
import { currentSpan } from '../observability/tracing/active-span.js';
import { greater, typed } from '../storage/expressions.js';
import { slices } from '../storage/slices.js';
import type { TenantDatabases } from '../storage/tenant-databases.js';
import type { Backlog, BuriedCount } from './backlog.js';
import type { Claim, ClaimedWork } from './claimed-work.js';
import { endDeadLetter } from './end-dead-letter.js';
import type { NewWork } from './work-item.js';
import type { WorkTables } from './work-tables.js';

/** How soon to look again for work that another process has in hand. */
const LOOK_AGAIN_MS = 5_000;
/** How far the clocks of two machines may be apart. */
const CLOCKS_DIFFER_MS = 5_000;
/** How soon work is tried that was enqueued again while an attempt failed. */
const RENEWED_MS = 1_000;

/** The queue's rows. Times are milliseconds since the epoch. */
export class WorkStore {
  /** @param mostDead most dead letters that a tenant may have. */
  constructor(
    private readonly databases: TenantDatabases,
    private readonly mostDead = 10_000,
  ) {}

  /** Takes due items of one kind, oldest first. What somebody else takes in between is theirs. */
  async claim(tenant: TenantId, { kind, limit, holder, failedBefore, now }: Claim): Promise<readonly ClaimedWork[]> {
    const db = await this.databases.of<WorkTables>(tenant);
    for (;;) {
      const due = await db
        .selectFrom('work_item')
        .select('key')
        .where(isDue(kind, failedBefore, now))
        .orderBy('not_before')
        .orderBy('enqueued_at')
        .limit(limit)
        .execute();
      if (due.length === 0) return [];
      const keys = due.map(({ key }) => key);
      const rows = await db
        .updateTable('work_item')
        .set({ holder })
        .where('key', 'in', keys)
        .where(isDue(kind, failedBefore, now))
        .returning(['key', 'payload', 'correlation_id', 'traceparent', 'attempts', 'generation'])
        .execute();
      if (rows.length === 0) continue;
      const taken = rows.map((row) => ({ ...row, kind, holder, payload: JSON.parse(row.payload) as Record<string, unknown> }));
      return taken.sort((a, b) => keys.indexOf(a.key) - keys.indexOf(b.key));
    }
  }

  /** Claims that have items of the tenant in hand. */
  async holders(tenant: TenantId): Promise<readonly string[]> {
    const db = await this.databases.of<WorkTables>(tenant);
    const rows = await db.selectFrom('work_item').select('holder').distinct().where('holder', 'is not', null).execute();
    return rows.flatMap(({ holder }) => holder ?? []);
  }

  /** Items that a claim has in hand, to be given back for it. */
  async heldBy(tenant: TenantId, holder: string): Promise<readonly ClaimedWork[]> {
    const db = await this.databases.of<WorkTables>(tenant);
    const rows = await db
      .selectFrom('work_item')
      .select(['kind', 'key', 'payload', 'correlation_id', 'traceparent', 'attempts', 'generation'])
      .where('holder', '=', holder)
      .execute();
    return rows.map((row) => ({ ...row, holder, payload: JSON.parse(row.payload) as Record<string, unknown> }));
  }

  /**
   * Removes what was done; what was enqueued again meanwhile waits for its next run. Answers how many of the items the claim no longer held: those are
   * left as they are.
   */
  async complete(tenant: TenantId, items: readonly ClaimedWork[], now: number): Promise<number> {
    const db = await this.databases.of<WorkTables>(tenant);
    return db.transaction().execute(async (trx) => {
      let lost = 0;
      for (const slice of slices(items)) {
        const held = sql`(VALUES ${sql.join(slice.map(({ kind, key, holder }) => sql`(${kind}, ${key}, ${holder})`))})`;
        const rows = await trx
          .selectFrom('work_item')
          .select('dead_letter_id')
          .where(sql<boolean>`(kind, key, holder) IN ${held}`)
          .execute();
        lost += slice.length - rows.length;
        for (const { dead_letter_id: id } of rows) if (id !== null) await endDeadLetter(trx, { id, outcome: 'done', at: now });
        const done = slice.map(({ kind, key, holder, generation }) =>
          typed(['text', kind], ['text', key], ['text', holder], ['bigint', generation]),
        );
        await sql`DELETE FROM work_item WHERE (kind, key, holder, generation) IN (VALUES ${sql.join(done)})`.execute(trx);
        await sql`UPDATE work_item SET holder = NULL, attempts = 0, first_failed_at = NULL, dead_letter_id = NULL, not_before = ${now},
          scheduled_at = ${now} WHERE (kind, key, holder) IN ${held}`.execute(trx);
      }
      return lost;
    });
  }

  /** Puts a failed item back until `notBefore`; what was enqueued again meanwhile has all its attempts, soon. False where the claim no longer held it. */
  async fail(
    tenant: TenantId,
    item: ClaimedWork,
    failure: { readonly error: string; readonly at: number; readonly notBefore: number },
  ): Promise<boolean> {
    const db = await this.databases.of<WorkTables>(tenant);
    const { error, at, notBefore } = failure;
    const { numAffectedRows } = await sql`UPDATE work_item SET holder = NULL, last_error = ${error},
      attempts = CASE WHEN generation = ${item.generation} THEN CAST(${item.attempts + 1} AS bigint) ELSE 0 END,
      first_failed_at = coalesce(first_failed_at, ${at}), last_failed_at = ${at}, scheduled_at = ${at},
      not_before = CASE WHEN generation = ${item.generation} THEN CAST(${notBefore} AS bigint) ELSE CAST(${at + RENEWED_MS} AS bigint) END
      WHERE kind = ${item.kind} AND key = ${item.key} AND holder = ${item.holder}`.execute(db);
    return numAffectedRows === 1n;
  }

  /**
   * Puts items back until `notBefore`, which counts as no attempt: they are late from the first time on. Those that the claim no longer held are left as
   * they are.
   */
  async putOff(
    tenant: TenantId,
    items: readonly ClaimedWork[],
    { at, notBefore }: { readonly at: number; readonly notBefore: number },
  ): Promise<void> {
    const db = await this.databases.of<WorkTables>(tenant);
    for (const slice of slices(items)) {
      const held = sql.join(slice.map(({ kind, key, holder }) => sql`(${kind}, ${key}, ${holder})`));
      await sql`UPDATE work_item SET holder = NULL, first_failed_at = coalesce(first_failed_at, ${at}), not_before = ${notBefore},
        scheduled_at = ${at} WHERE (kind, key, holder) IN (VALUES ${held})`.execute(db);
    }
  }

  /** Lets go of items as if they had not been taken. */
  async release(tenant: TenantId, items: readonly ClaimedWork[]): Promise<void> {
    const db = await this.databases.of<WorkTables>(tenant);
    for (const slice of slices(items)) {
      const held = sql.join(slice.map(({ kind, key, holder }) => sql`(${kind}, ${key}, ${holder})`));
      await sql`UPDATE work_item SET holder = NULL WHERE (kind, key, holder) IN (VALUES ${held})`.execute(db);
    }
  }

  /**
   * Puts a failed item among the dead letters; where a tenant has as many of them as it may, the item goes on being tried, at `otherwise`; what was
   * enqueued again meanwhile has all its attempts. Answers whether it is a dead letter. A replayed one keeps its id.
   */
  async bury(
    tenant: TenantId,
    item: ClaimedWork,
    failure: { readonly error: string; readonly at: number; readonly otherwise: number },
  ): Promise<boolean> {
    const { error, at, otherwise } = failure;
    const db = await this.databases.of<WorkTables>(tenant);
    const { numAffectedRows } = await sql`UPDATE work_item SET holder = NULL, state = 'dead', attempts = ${item.attempts + 1},
      last_error = ${error}, first_failed_at = coalesce(first_failed_at, ${at}), last_failed_at = ${at},
      dead_letter_id = coalesce(dead_letter_id, ${uuidv7({ msecs: at })})
      WHERE kind = ${item.kind} AND key = ${item.key} AND holder = ${item.holder} AND generation = ${item.generation}
      AND (SELECT count(*) FROM work_item WHERE state = 'dead') < ${this.mostDead}`.execute(db);
    if (numAffectedRows === 0n) await this.fail(tenant, item, { error, at, notBefore: otherwise });
    return numAffectedRows === 1n;
  }

  /** What is due, or was tried and waits to be tried again, by kind; what is planned for later does not count. */
  async backlog(tenant: TenantId, now: number): Promise<ReadonlyMap<string, Backlog>> {
    const db = await this.databases.of<WorkTables>(tenant);
    const rows = await db
      .selectFrom('work_item')
      .select((eb) => [
        'kind',
        eb.fn.countAll<number>().as('items'),
        sql<number>`min(coalesce(first_failed_at, ${greater('enqueued_at', 'not_before')}))`.as('due_since'),
      ])
      .where('state', '=', 'waiting')
      .where((eb) => eb.or([eb('first_failed_at', 'is not', null), eb('not_before', '<=', now)]))
      .groupBy('kind')
      .execute();
    return new Map(rows.map(({ kind, items, due_since }) => [kind, { items, dueSince: due_since }]));
  }

  /**
   * Makes a dead letter of what was tried elsewhere; where the tenant has as many as it may, it is tried again here. False where the key is known
   * already.
   */
  async keepDead(
    tenant: TenantId,
    item: NewWork,
    failure: { readonly error: string; readonly attempts: number; readonly at: number },
  ): Promise<boolean> {
    const db = await this.databases.of<WorkTables>(tenant);
    const { error, attempts, at } = failure;
    const { kind, key, payload, correlation_id, traceparent = currentSpan()?.traceparent || null } = item;
    const { numAffectedRows } =
      await sql`INSERT INTO work_item (kind, key, payload, correlation_id, traceparent, state, attempts, not_before, scheduled_at,
        generation, enqueued_at, first_failed_at, last_failed_at, last_error, dead_letter_id)
      SELECT ${kind}, ${key}, ${JSON.stringify(payload)}, ${correlation_id}, ${traceparent}, CASE WHEN dead < ${this.mostDead} THEN 'dead' ELSE 'waiting' END, ${attempts}, ${at}, ${at},
        1, ${at}, ${at}, ${at}, ${error}, CASE WHEN dead < ${this.mostDead} THEN ${uuidv7({ msecs: at })} END
      FROM (SELECT count(*) AS dead FROM work_item WHERE state = 'dead') AS letters WHERE true ON CONFLICT DO NOTHING`.execute(db);
    return numAffectedRows === 1n;
  }

  /**
   * When there is something to look at again of these kinds; `undefined` where nothing waits. What waits since a time that is yet to come, further off
   * than clocks of several machines differ, has waited long enough: the clock was set back.
   */
  async nextDue(tenant: TenantId, kinds: readonly string[], now: number): Promise<number | undefined> {
    const db = await this.databases.of<WorkTables>(tenant);
    const row = await db
      .selectFrom('work_item')
      .select([
        sql<number | null>`min(CASE WHEN holder IS NULL THEN not_before ELSE ${now + LOOK_AGAIN_MS} END)`.as('due'),
        sql<number | null>`max(scheduled_at)`.as('scheduled'),
      ])
      .where('state', '=', 'waiting')
      .where('kind', 'in', kinds)
      .executeTakeFirst();
    const latest = now + CLOCKS_DIFFER_MS;
    if ((row?.scheduled ?? 0) <= latest) return row?.due ?? undefined;
    await sql`UPDATE work_item SET not_before = ${now}, scheduled_at = ${now} WHERE state = 'waiting' AND scheduled_at > ${latest}
      AND kind IN (${sql.join(kinds)})`.execute(db);
    return now;
  }

  /** How many dead letters there are of each kind, and since when. */
  async buried(tenant: TenantId): Promise<readonly BuriedCount[]> {
    const db = await this.databases.of<WorkTables>(tenant);
    return db
      .selectFrom('work_item')
      .select('kind')
      .select((eb) => eb.fn.countAll<number>().as('items'))
      .select(sql<number>`min(last_failed_at)`.as('oldest'))
      .where('state', '=', 'dead')
      .groupBy('kind')
      .execute();
  }
}

/** What waits, has come due, and is in nobody's hands. */
function isDue(kind: string, failedBefore: boolean, now: number) {
  return (eb: ExpressionBuilder<WorkTables, 'work_item'>) =>
    eb.and([
      eb('kind', '=', kind),
      eb('state', '=', 'waiting'),
      eb('not_before', '<=', now),
      eb('holder', 'is', null),
      eb('attempts', failedBefore ? '>' : '=', 0),
    ]);
}
