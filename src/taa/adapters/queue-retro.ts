import { sql, type Kysely, type Transaction } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { TenantId } from '../../contracts/tenant.js';
import { appendAudit } from '../../platform/audit/append-audit.js';
import { enqueueWork } from '../../platform/work-queue/enqueue-work.js';
import type { NewWork } from '../../platform/work-queue/work-item.js';
import { NOTHING_MATCHED, type RetroState } from '../domain/retro/retro-match.js';
import { RETRO_MATCH, type RetroPolicy } from '../domain/retro/retro-store.js';
import type { IndicatorChange } from '../domain/indicator-store.js';
import type { RetroRow, TaaTables } from './taa-tables.js';

/** What the revision of all indicators is called, and the one up to which those that are new were given to a comparison. */
export const INDICATORS = 'indicators';
const COMPARED = 'compared';

export const OPEN: readonly RetroState[] = ['queued', 'running'];
/** Clocks of senders run ahead: events are looked at up to a day beyond now. */
const AHEAD_MS = 86_400_000;
/** Of those that have ended. */
const MOST_KEPT = 100;

/** When, for whom and by what rule. */
export interface RetroOccasion {
  readonly tenant: TenantId;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly policy: RetroPolicy;
  readonly correlation_id: string;
}

/** Has the indicators that are new compared with stored events: by what waits to begin, by a new one, or, where one runs, by the next. */
export async function queueRetro(trx: Transaction<TaaTables>, occasion: RetroOccasion): Promise<void> {
  const [upTo, after] = [await revisionOf(trx, INDICATORS), await revisionOf(trx, COMPARED)];
  if (!(await isAnySoughtSince(trx, after))) return;
  const open = await trx
    .selectFrom('taa_retro_match')
    .select(['retro_id', 'state', 'correlation_id'])
    .where('cause', '=', 'arrival')
    .where('state', 'in', OPEN)
    .executeTakeFirst();
  if (open?.state === 'running') return;
  const { tenant, now, policy, correlation_id } = occasion;
  await trx
    .insertInto('taa_revision')
    .values({ name: COMPARED, revision: upTo })
    .onConflict((on) => on.column('name').doUpdateSet({ revision: sql`excluded.revision` }))
    .execute();
  const due = now + policy.delayMs;
  if (open !== undefined) {
    await trx
      .updateTable('taa_retro_match')
      .set({ scope_up_to: upTo, span_to: due + AHEAD_MS, turn: sql`turn + 1` })
      .where('retro_id', '=', open.retro_id)
      .execute();
    return enqueueWork(trx, [{ ...workOf(open), not_before: due }], now);
  }
  const row = newRow({
    retro_id: uuidv7({ msecs: now }),
    cause: 'arrival',
    scope_after: after,
    scope_up_to: upTo,
    source: null,
    span_from: now - policy.lookBackMs,
    span_to: due + AHEAD_MS,
    created_at: new Date(now).toISOString(),
    created_by: 'retro-match',
    correlation_id,
  });
  await insertRetro(trx, tenant, row, { now, due, deed: { actor: { type: 'system', id: 'retro-match' }, correlation_id } });
}

type NewRetro = Omit<RetroRow, 'state' | 'started_at' | 'ended_at' | 'reason' | 'turn' | 'progress'>;

export function newRow(row: NewRetro): RetroRow {
  return { ...row, state: 'queued', started_at: null, ended_at: null, reason: null, turn: 0, progress: JSON.stringify(NOTHING_MATCHED) };
}

/** Stores one with its work and its audit record, and lets go of the oldest that have ended. */
export async function insertRetro(
  trx: Transaction<TaaTables>,
  tenant: TenantId,
  row: RetroRow,
  { now, due, deed }: { readonly now: number; readonly due: number; readonly deed: IndicatorChange },
): Promise<void> {
  await removeEnded(trx);
  await trx.insertInto('taa_retro_match').values(row).execute();
  await enqueueWork(trx, [{ ...workOf(row), not_before: due }], now);
  const details = { cause: row.cause, source: row.source, from: isoOf(row.span_from), to: isoOf(row.span_to) };
  const target = { type: 'retro_match', id: row.retro_id };
  await appendAudit(trx, tenant, row.created_at, [{ ...deed, action: 'retro_match.started', target, outcome: 'success', details }]);
}

export function workOf({ retro_id: key, correlation_id }: Pick<RetroRow, 'retro_id' | 'correlation_id'>): NewWork {
  return { kind: RETRO_MATCH, key, payload: {}, correlation_id };
}

export async function revisionOf(db: Kysely<TaaTables>, name: string): Promise<number> {
  const row = await db.selectFrom('taa_revision').select('revision').where('name', '=', name).executeTakeFirst();
  return row?.revision ?? 0;
}

async function isAnySoughtSince(trx: Transaction<TaaTables>, after: number): Promise<boolean> {
  const found = trx.selectFrom('taa_indicator').select('indicator_id').where('sought_since', '>', after).where('revoked', '=', 0);
  return (await found.limit(1).executeTakeFirst()) !== undefined;
}

async function removeEnded(trx: Transaction<TaaTables>): Promise<void> {
  const ended = trx.selectFrom('taa_retro_match').select('retro_id').where('state', 'not in', OPEN).orderBy('retro_id', 'desc');
  const oldest = await ended
    .offset(MOST_KEPT - 1)
    .limit(1)
    .executeTakeFirst();
  if (oldest === undefined) return;
  await trx.deleteFrom('taa_retro_match').where('state', 'not in', OPEN).where('retro_id', '<=', oldest.retro_id).execute();
}

function isoOf(time: number): string {
  return new Date(time).toISOString();
}
