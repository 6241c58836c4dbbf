import type { Transaction } from 'kysely';
import type { TenantId } from '../../contracts/tenant.js';
import { appendAudit } from '../../platform/audit/append-audit.js';
import type { Clock } from '../../platform/clock/clock.js';
import type { TenantDatabases } from '../../platform/storage/tenant-databases.js';
import { refuseBeyond } from '../../platform/tenancy/tenant-caps.js';
import { enqueueWork } from '../../platform/work-queue/enqueue-work.js';
import type { IndicatorChange } from '../domain/indicator-store.js';
import type { RetroMatch, RetroProgress } from '../domain/retro/retro-match.js';
import { type RetroEnd, type RetroOrder, type RetroPolicy, RetroStore } from '../domain/retro/retro-store.js';
import { INDICATORS, insertRetro, newRow, OPEN, queueRetro, revisionOf, workOf } from './queue-retro.js';
import type { RetroRow, TaaTables } from './taa-tables.js';

/** Of those that were asked for. */
const MOST_OPEN = 3;

/** Comparisons in the tenant's database, with the work that is left of them in its work queue. They hold counts, and nothing of events. */
export class SqlRetroStore extends RetroStore {
  /** @param policy null where new indicators are not compared by themselves. */
  constructor(
    private readonly databases: TenantDatabases,
    private readonly clock: Clock,
    private readonly policy: RetroPolicy | null,
  ) {
    super();
  }

  async create(tenant: TenantId, { retro_id, span, source }: RetroOrder, deed: IndicatorChange): Promise<RetroMatch> {
    const db = await this.databases.of<TaaTables>(tenant);
    const now = this.clock.now();
    return db.transaction().execute(async (trx) => {
      const { open } = await trx
        .selectFrom('taa_retro_match')
        .select((eb) => eb.fn.countAll<number>().as('open'))
        .where('cause', '=', 'request')
        .where('state', 'in', OPEN)
        .executeTakeFirstOrThrow();
      refuseBeyond('retro_matches', MOST_OPEN, open);
      const row = newRow({
        retro_id,
        cause: 'request',
        scope_after: -1,
        scope_up_to: await revisionOf(trx, INDICATORS),
        source,
        span_from: span.from,
        span_to: span.to,
        created_at: new Date(now).toISOString(),
        created_by: deed.actor.id,
        correlation_id: deed.correlation_id,
      });
      await insertRetro(trx, tenant, row, { now, due: now, deed });
      return toMatch(row);
    });
  }

  async find(tenant: TenantId, id: string): Promise<RetroMatch | undefined> {
    const db = await this.databases.of<TaaTables>(tenant);
    const row = await db.selectFrom('taa_retro_match').selectAll().where('retro_id', '=', id).executeTakeFirst();
    return row && toMatch(row);
  }

  async list(tenant: TenantId, before: string | undefined, limit: number): Promise<readonly RetroMatch[]> {
    const db = await this.databases.of<TaaTables>(tenant);
    const all = db.selectFrom('taa_retro_match').selectAll().orderBy('retro_id', 'desc').limit(limit);
    return (await (before === undefined ? all : all.where('retro_id', '<', before)).execute()).map(toMatch);
  }

  async keep(tenant: TenantId, match: RetroMatch, progress: RetroProgress): Promise<boolean> {
    const db = await this.databases.of<TaaTables>(tenant);
    const started_at = match.started_at ?? this.clock.isoNow();
    return db.transaction().execute(async (trx) => {
      const isKept = await change(trx, match, { state: 'running', started_at, progress: JSON.stringify(progress) });
      if (isKept) await enqueueWork(trx, [workOf(match)], this.clock.now());
      return isKept;
    });
  }

  async end(tenant: TenantId, match: RetroMatch, { state, reason, progress }: RetroEnd): Promise<boolean> {
    const db = await this.databases.of<TaaTables>(tenant);
    const ended_at = this.clock.isoNow();
    const end = { state, reason, started_at: match.started_at ?? ended_at, ended_at, progress: JSON.stringify(progress) };
    return db.transaction().execute(async (trx) => {
      const isKept = await change(trx, match, end);
      if (isKept) await this.queueNext(trx, tenant, match.correlation_id);
      return isKept;
    });
  }

  async remove(tenant: TenantId, id: string, deed: IndicatorChange): Promise<'cancelled' | 'deleted' | undefined> {
    const db = await this.databases.of<TaaTables>(tenant);
    const at = this.clock.isoNow();
    return db.transaction().execute(async (trx) => {
      const of = { type: 'retro_match', id };
      const cancelled = await trx
        .updateTable('taa_retro_match')
        .set({ state: 'cancelled', ended_at: at })
        .where('retro_id', '=', id)
        .where('state', 'in', OPEN)
        .returning('retro_id')
        .executeTakeFirst();
      const removed =
        cancelled ?? (await trx.deleteFrom('taa_retro_match').where('retro_id', '=', id).returning('retro_id').executeTakeFirst());
      if (removed === undefined) return undefined;
      const became = cancelled === undefined ? 'deleted' : 'cancelled';
      await appendAudit(trx, tenant, at, [{ ...deed, action: `retro_match.${became}`, target: of, outcome: 'success' }]);
      if (became === 'cancelled') await this.queueNext(trx, tenant, deed.correlation_id);
      return became;
    });
  }

  private async queueNext(trx: Transaction<TaaTables>, tenant: TenantId, correlation_id: string): Promise<void> {
    const { policy } = this;
    if (policy !== null) await queueRetro(trx, { tenant, now: this.clock.now(), policy, correlation_id });
  }
}

/** Changes one that is open, and as it was read. */
async function change(trx: Transaction<TaaTables>, { retro_id, turn }: RetroMatch, values: Partial<RetroRow>): Promise<boolean> {
  const changed = await trx
    .updateTable('taa_retro_match')
    .set({ ...values, turn: turn + 1 })
    .where('retro_id', '=', retro_id)
    .where('turn', '=', turn)
    .where('state', 'in', OPEN)
    .returning('retro_id')
    .executeTakeFirst();
  return changed !== undefined;
}

function toMatch(row: RetroRow): RetroMatch {
  const { retro_id, cause, scope_after, scope_up_to, source, span_from, span_to, progress } = row;
  const { state, created_at, created_by, correlation_id, started_at, ended_at, reason, turn } = row;
  return {
    retro_id,
    cause,
    scope: { after: scope_after, upTo: scope_up_to, source },
    span: { from: span_from, to: span_to },
    state,
    created_at,
    created_by,
    correlation_id,
    started_at,
    ended_at,
    reason,
    turn,
    progress: JSON.parse(progress) as RetroProgress,
  };
}
