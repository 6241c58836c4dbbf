import { createHash } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import type { TenantId } from '../../contracts/tenant.js';
import { appendAudit } from '../../platform/audit/append-audit.js';
import type { Clock } from '../../platform/clock/clock.js';
import type { CiphersInHand } from '../../platform/encryption/ciphers-in-hand.js';
import { TextSeal } from '../../platform/encryption/text-seal.js';
import type { TenantDatabases } from '../../platform/storage/tenant-databases.js';
import { refuseBeyond } from '../../platform/tenancy/tenant-caps.js';
import { enqueueWork } from '../../platform/work-queue/enqueue-work.js';
import type { NewWork } from '../../platform/work-queue/work-item.js';
import type { Backtest, BacktestProgress, BacktestState } from '../domain/backtest/backtest.js';
import {
  BacktestStore,
  RULE_BACKTEST,
  type BacktestBounds,
  type BacktestDeed,
  type BacktestEnd,
  type ListedBacktest,
  type NewBacktest,
} from '../domain/backtest/backtest-store.js';
import type { AdaTables, RuleBacktestRow } from './ada-tables.js';

/** A tenant's database, and how what it holds of events is written and read. */
interface OpenedBacktests {
  readonly db: Kysely<AdaTables>;
  readonly sealed: (id: string, progress: BacktestProgress) => string;
  readonly progressOf: (row: Pick<RuleBacktestRow, 'backtest_id' | 'progress'>) => BacktestProgress;
}

type WorkIds = Pick<RuleBacktestRow, 'backtest_id' | 'correlation_id'>;

const OPEN: readonly BacktestState[] = ['queued', 'running'];
const LISTED = [
  'backtest_id',
  'span_from',
  'span_to',
  'state',
  'created_at',
  'created_by',
  'started_at',
  'ended_at',
  'reason',
  'turn',
  'progress',
] as const satisfies readonly (keyof RuleBacktestRow)[];

/** Back-tests in the tenant's database, with the work that is left of them in its work queue. What they quote of events is sealed. */
export class SqlBacktestStore extends BacktestStore {
  constructor(
    private readonly databases: TenantDatabases,
    private readonly ciphers: Pick<CiphersInHand, 'of'>,
    private readonly clock: Clock,
  ) {
    super();
  }

  async create(
    tenant: TenantId,
    { backtest_id, document, span, progress }: NewBacktest,
    bounds: BacktestBounds,
    deed: BacktestDeed,
  ): Promise<Backtest> {
    const { db, progressOf, sealed } = await this.open(tenant);
    const at = this.clock.isoNow();
    return db.transaction().execute(async (trx) => {
      const open = await countOpen(trx);
      refuseBeyond('rule_backtests', bounds.open, open);
      await removeEnded(trx, bounds.kept - 1 - open);
      const row: RuleBacktestRow = {
        backtest_id,
        document,
        span_from: span.from,
        span_to: span.to,
        state: 'queued',
        created_at: at,
        created_by: deed.actor.id,
        correlation_id: deed.correlation_id,
        started_at: null,
        ended_at: null,
        reason: null,
        turn: 0,
        progress: sealed(backtest_id, progress),
      };
      await trx.insertInto('ada_rule_backtests').values(row).execute();
      await enqueueWork(trx, [workOf(row)], this.clock.now());
      const details = { from: isoOf(span.from), to: isoOf(span.to), rules: progress.rules.map(({ id }) => id), sha256: digestOf(document) };
      const target = { type: 'rule_backtest', id: backtest_id };
      await appendAudit(trx, tenant, at, [{ ...deed, action: 'rule_backtest.started', target, outcome: 'success', details }]);
      return { ...toListed(row, progressOf(row)), document };
    });
  }

  async find(tenant: TenantId, id: string): Promise<Backtest | undefined> {
    const { db, progressOf } = await this.open(tenant);
    const found = db.selectFrom('ada_rule_backtests').select([...LISTED, 'document']);
    const row = await found.where('backtest_id', '=', id).executeTakeFirst();
    return row && { ...toListed(row, progressOf(row)), document: row.document };
  }

  async list(tenant: TenantId, before: string | undefined, limit: number): Promise<readonly ListedBacktest[]> {
    const { db, progressOf } = await this.open(tenant);
    const all = db.selectFrom('ada_rule_backtests').select(LISTED).orderBy('backtest_id', 'desc').limit(limit);
    const rows = await (before === undefined ? all : all.where('backtest_id', '<', before)).execute();
    return rows.map((row) => toListed(row, progressOf(row)));
  }

  async keep(tenant: TenantId, backtest: Backtest, progress: BacktestProgress): Promise<boolean> {
    const { db, sealed } = await this.open(tenant);
    const kept = sealed(backtest.backtest_id, progress);
    return db.transaction().execute(async (trx) => {
      const started_at = backtest.started_at ?? this.clock.isoNow();
      const row = await change(trx, backtest, { state: 'running', started_at, progress: kept });
      if (row !== undefined) await enqueueWork(trx, [workOf(row)], this.clock.now());
      return row !== undefined;
    });
  }

  async end(tenant: TenantId, backtest: Backtest, { state, reason, progress }: BacktestEnd): Promise<boolean> {
    const { db, sealed } = await this.open(tenant);
    const ended_at = this.clock.isoNow();
    const started_at = backtest.started_at ?? ended_at;
    const end = { state, reason, started_at, ended_at, progress: sealed(backtest.backtest_id, progress) };
    return db.transaction().execute(async (trx) => (await change(trx, backtest, end)) !== undefined);
  }

  async remove(tenant: TenantId, id: string, deed: BacktestDeed): Promise<'cancelled' | 'deleted' | undefined> {
    const { db, progressOf } = await this.open(tenant);
    const at = this.clock.isoNow();
    return db.transaction().execute(async (trx) => {
      const cancelled = await trx
        .updateTable('ada_rule_backtests')
        .set({ state: 'cancelled', ended_at: at })
        .where('backtest_id', '=', id)
        .where('state', 'in', OPEN)
        .returning(['backtest_id', 'progress'])
        .executeTakeFirst();
      const removed =
        cancelled ??
        (await trx
          .deleteFrom('ada_rule_backtests')
          .where('backtest_id', '=', id)
          .returning(['backtest_id', 'progress'])
          .executeTakeFirst());
      if (removed === undefined) return undefined;
      const became = cancelled === undefined ? 'deleted' : 'cancelled';
      const details = { scanned: progressOf(removed).scanned };
      const target = { type: 'rule_backtest', id };
      await appendAudit(trx, tenant, at, [{ ...deed, action: `rule_backtest.${became}`, target, outcome: 'success', details }]);
      return became;
    });
  }

  private async open(tenant: TenantId): Promise<OpenedBacktests> {
    const [db, cipher] = await Promise.all([this.databases.of<AdaTables>(tenant), this.ciphers.of(tenant)]);
    const seal = new TextSeal(cipher);
    return {
      db,
      sealed: (id, progress) => seal.close(JSON.stringify(progress), placeOf(id)),
      progressOf: ({ backtest_id, progress }) => JSON.parse(seal.open(progress, placeOf(backtest_id))) as BacktestProgress,
    };
  }
}

function placeOf(id: string): string {
  return `ada_rule_backtests ${id} progress`;
}

async function countOpen(trx: Transaction<AdaTables>): Promise<number> {
  const { open } = await trx
    .selectFrom('ada_rule_backtests')
    .select((eb) => eb.fn.countAll<number>().as('open'))
    .where('state', 'in', OPEN)
    .executeTakeFirstOrThrow();
  return open;
}

/** Leaves as many as given of those that have ended, the newest. */
async function removeEnded(trx: Transaction<AdaTables>, left: number): Promise<void> {
  const ended = trx.selectFrom('ada_rule_backtests').select('backtest_id').where('state', 'not in', OPEN);
  const newest = await ended
    .orderBy('backtest_id', 'desc')
    .limit(left + 1)
    .execute();
  const oldest = newest[left]?.backtest_id;
  if (oldest === undefined) return;
  await trx.deleteFrom('ada_rule_backtests').where('state', 'not in', OPEN).where('backtest_id', '<=', oldest).execute();
}

/** Changes one that is open, and as it was read. */
async function change(
  trx: Transaction<AdaTables>,
  { backtest_id, turn }: Backtest,
  values: Partial<RuleBacktestRow>,
): Promise<WorkIds | undefined> {
  return trx
    .updateTable('ada_rule_backtests')
    .set({ ...values, turn: turn + 1 })
    .where('backtest_id', '=', backtest_id)
    .where('turn', '=', turn)
    .where('state', 'in', OPEN)
    .returning(['backtest_id', 'correlation_id'])
    .executeTakeFirst();
}

function workOf({ backtest_id: key, correlation_id }: WorkIds): NewWork {
  return { kind: RULE_BACKTEST, key, payload: {}, correlation_id };
}

function toListed(row: Pick<RuleBacktestRow, (typeof LISTED)[number]>, progress: BacktestProgress): ListedBacktest {
  const { backtest_id, span_from: from, span_to: to, state, created_at, created_by, started_at, ended_at, reason, turn } = row;
  return { backtest_id, span: { from, to }, state, created_at, created_by, started_at, ended_at, reason, turn, progress };
}

function isoOf(time: number): string {
  return new Date(time).toISOString();
}

function digestOf(document: string): string {
  return createHash('sha256').update(document).digest('hex');
}
