import { sql, type SelectQueryBuilder, type Transaction } from 'kysely';
import type { TenantId } from '../../contracts/tenant.js';
import { appendAudit } from '../audit/append-audit.js';
import type { AuditEntry } from '../audit/audit-record.js';
import type { AuditTables } from '../audit/audit-tables.js';
import type { TenantDatabases } from '../storage/tenant-databases.js';
import { endDeadLetter } from '../work-queue/end-dead-letter.js';
import type { WorkItemRow, WorkTables } from '../work-queue/work-tables.js';

type Tables = WorkTables & AuditTables;

/** A dead letter, or one that is being replayed. Times are milliseconds since the epoch. */
export type DeadLetter = WorkItemRow & { readonly dead_letter_id: string };

/** What a dead letter is doing, or what became of it. */
export type DeadLetterState = 'dead' | 'waiting' | 'running' | 'done' | 'discarded';

/** What a list of dead letters is of. Times are milliseconds since the epoch, of the last failure. */
export interface DeadLetterFilter {
  /** Any of them; of all kinds where left out. */
  readonly kind?: readonly string[] | undefined;
  /** Included. */
  readonly from?: number | undefined;
  /** Excluded. */
  readonly to?: number | undefined;
}

/** The record of what was done to a dead letter. */
export type EntryOf = (letter: DeadLetter) => AuditEntry;

/** How many dead letters are replayed at once, and how far apart they run. */
export interface ReplayPace {
  readonly most: number;
  readonly spacingMs: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Tells what a row is doing. */
export function stateOf({ state, holder }: Pick<WorkItemRow, 'state' | 'holder'>): DeadLetterState {
  if (state === 'dead') return 'dead';
  return holder === null ? 'waiting' : 'running';
}

/** Dead letters of tenants. What is done to one and the record of it are one transaction. */
export class DeadLetterStore {
  constructor(private readonly databases: TenantDatabases) {}

  /** Dead letters behind a name, in the order that they died. */
  async page(tenant: TenantId, filter: DeadLetterFilter, after: string, limit: number): Promise<readonly DeadLetter[]> {
    const db = await this.databases.of<Tables>(tenant);
    const letters = matching(db.selectFrom('work_item'), filter).where('dead_letter_id', '>', after);
    return (await letters.selectAll().orderBy('dead_letter_id').limit(limit).execute()) as DeadLetter[];
  }

  /** How many dead letters match. */
  async count(tenant: TenantId, filter: DeadLetterFilter): Promise<number> {
    const db = await this.databases.of<Tables>(tenant);
    const row = await matching(db.selectFrom('work_item'), filter)
      .select((eb) => eb.fn.countAll<number>().as('letters'))
      .executeTakeFirst();
    return row?.letters ?? 0;
  }

  async find(tenant: TenantId, name: string): Promise<DeadLetter | undefined> {
    const db = await this.databases.of<Tables>(tenant);
    const row = await db.selectFrom('work_item').selectAll().where('dead_letter_id', '=', name).executeTakeFirst();
    return row as DeadLetter | undefined;
  }

  /** Has a dead letter tried again. Answers the state that it was in; `undefined` for none. Only a dead one is replayed. */
  replay(tenant: TenantId, name: string, now: number, entryOf: EntryOf): Promise<DeadLetterState | undefined> {
    return this.change(tenant, name, now, entryOf, async (trx, letter) => {
      await sql`UPDATE work_item SET state = 'waiting', attempts = 0, first_failed_at = NULL, not_before = ${now},
        scheduled_at = ${now} WHERE dead_letter_id = ${letter.dead_letter_id}`.execute(trx);
    });
  }

  /** Gives a dead letter up. Answers as `replay` does. */
  discard(tenant: TenantId, name: string, now: number, entryOf: EntryOf): Promise<DeadLetterState | undefined> {
    return this.change(tenant, name, now, entryOf, async (trx, letter) => {
      await endDeadLetter(trx as unknown as Transaction<WorkTables>, { id: letter.dead_letter_id, outcome: 'discarded', at: now });
      await trx.deleteFrom('work_item').where('dead_letter_id', '=', letter.dead_letter_id).execute();
    });
  }

  /** Has the dead letters of a kind tried again one after another, behind those that are being replayed already. Answers when each will run. */
  async replayAll(tenant: TenantId, kind: string, { most, spacingMs, now }: ReplayPace, entryOf: EntryOf): Promise<readonly number[]> {
    const db = await this.databases.of<Tables>(tenant);
    return db.transaction().execute(async (trx) => {
      const letters = (await matching(trx.selectFrom('work_item'), { kind: [kind] })
        .selectAll()
        .orderBy('dead_letter_id')
        .limit(most)
        .execute()) as DeadLetter[];
      if (letters.length === 0) return [];
      const before = await trx
        .selectFrom('work_item')
        .select((eb) => eb.fn.max('not_before').as('last'))
        .where('dead_letter_id', 'is not', null)
        .where('state', '=', 'waiting')
        .executeTakeFirst();
      const first = Math.max(now, (before?.last ?? 0) + spacingMs);
      const times = letters.map((_, position) => first + position * spacingMs);
      for (const [position, { dead_letter_id: name }] of letters.entries()) {
        await sql`UPDATE work_item SET state = 'waiting', attempts = 0, first_failed_at = NULL, not_before = ${times[position]},
          scheduled_at = ${now} WHERE dead_letter_id = ${name}`.execute(trx);
      }
      await appendAudit(trx, tenant, new Date(now).toISOString(), letters.map(entryOf));
      return times;
    });
  }

  private async change(
    tenant: TenantId,
    name: string,
    now: number,
    entryOf: EntryOf,
    apply: (trx: Transaction<Tables>, letter: DeadLetter) => Promise<void>,
  ): Promise<DeadLetterState | undefined> {
    const db = await this.databases.of<Tables>(tenant);
    return db.transaction().execute(async (trx) => {
      const row = await trx.selectFrom('work_item').selectAll().where('dead_letter_id', '=', name).executeTakeFirst();
      if (!row) {
        const end = await trx.selectFrom('dead_letter_end').select('outcome').where('dead_letter_id', '=', name).executeTakeFirst();
        return end?.outcome;
      }
      const state = stateOf(row);
      if (state !== 'dead') return state;
      await apply(trx, row as DeadLetter);
      await appendAudit(trx, tenant, new Date(now).toISOString(), [entryOf(row as DeadLetter)]);
      return state;
    });
  }
}

function matching<O>(
  letters: SelectQueryBuilder<Tables, 'work_item', O>,
  { kind, from, to }: DeadLetterFilter,
): SelectQueryBuilder<Tables, 'work_item', O> {
  let query = letters.where('state', '=', 'dead').where('dead_letter_id', 'is not', null);
  if (kind !== undefined) query = query.where('kind', 'in', kind);
  if (from !== undefined) query = query.where('last_failed_at', '>=', from);
  if (to !== undefined) query = query.where('last_failed_at', '<', to);
  return query;
}
