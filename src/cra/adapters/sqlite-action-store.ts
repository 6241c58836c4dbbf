import type { Transaction } from 'kysely';
import type { TenantId } from '../../contracts/tenant.js';
import { appendAudit } from '../../platform/audit/append-audit.js';
import type { AuditTables } from '../../platform/audit/audit-tables.js';
import { currentSpan } from '../../platform/observability/tracing/active-span.js';
import { appendFeed } from '../../platform/feed/append-feed.js';
import type { FeedTables } from '../../platform/feed/feed-tables.js';
import { slices } from '../../platform/storage/slices.js';
import type { TenantDatabases } from '../../platform/storage/tenant-databases.js';
import { enqueueWork } from '../../platform/work-queue/enqueue-work.js';
import type { WorkTables } from '../../platform/work-queue/work-tables.js';
import { actionNews } from '../domain/action-news.js';
import type { ActionRecord } from '../domain/action-record.js';
import { FINAL_STATUSES } from '../domain/action-state.js';
import { ActionStore, type ActionQuery, type AddingTo, type Change } from '../domain/action-store.js';
import { fromRow, toRow } from './action-row.js';
import type { ContainmentTables } from './containment-tables.js';

type Tables = ContainmentTables & AuditTables & FeedTables & WorkTables;

/** Actions in the tenant's own database, whose transactions exclude one another. */
export class SqliteActionStore extends ActionStore {
  /** @param committed called once a tenant's feed tells of a change. */
  constructor(
    private readonly databases: TenantDatabases,
    private readonly committed: (tenant: TenantId) => void = () => undefined,
  ) {
    super();
  }

  find(tenant: TenantId, actionId: string): Promise<ActionRecord | undefined> {
    return this.findWhere(tenant, 'action_id', actionId);
  }

  findByApproval(tenant: TenantId, approvalId: string): Promise<ActionRecord | undefined> {
    return this.findWhere(tenant, 'approval_id', approvalId);
  }

  async countPending(tenant: TenantId): Promise<number> {
    const db = await this.databases.of<Tables>(tenant);
    const row = await db
      .selectFrom('containment_action')
      .select((eb) => eb.fn.countAll<number>().as('pending'))
      .where('status', '=', 'pending_approval')
      .executeTakeFirst();
    return row?.pending ?? 0;
  }

  async list(tenant: TenantId, query: ActionQuery): Promise<readonly ActionRecord[]> {
    const db = await this.databases.of<Tables>(tenant);
    const { sort, after } = query;
    const direction = sort.descending ? 'desc' : 'asc';
    let select = db
      .selectFrom('containment_action')
      .selectAll()
      .where('tenant_id', '=', tenant)
      .orderBy(sort.by, direction)
      .orderBy('action_id', direction)
      .limit(query.limit);
    if (query.status) select = select.where('status', 'in', query.status);
    if (query.kind) select = select.where('kind', 'in', query.kind);
    if (query.incident_id) select = select.where('incident_id', 'in', query.incident_id);
    if (query.withApproval) select = select.where('approval_id', 'is not', null);
    if (after) select = select.where((eb) => eb(eb.refTuple(sort.by, 'action_id'), sort.descending ? '<' : '>', eb.tuple(...after)));
    return (await select.execute()).map(fromRow);
  }

  async add(
    tenant: TenantId,
    into: AddingTo,
    now: number,
    decide: (here: readonly ActionRecord[], elsewhere: readonly ActionRecord[]) => readonly Change[],
  ): Promise<readonly ActionRecord[]> {
    const db = await this.databases.of<Tables>(tenant);
    const added = await db.transaction().execute(async (trx) => {
      const rows = await trx
        .selectFrom('containment_action')
        .selectAll()
        .where('tenant_id', '=', tenant)
        .where('incident_id', '=', into.incident_id)
        .orderBy('action_id')
        .execute();
      const changes = decide(rows.map(fromRow), await liveElsewhere(trx, tenant, into));
      const traceparent = currentSpan()?.traceparent || null;
      for (const { record } of changes) {
        await trx
          .insertInto('containment_action')
          .values({ ...toRow(record), traceparent })
          .execute();
      }
      await conclude(trx, tenant, now, { changes, traceparent });
      return changes.map(({ record }) => record);
    });
    if (added.length > 0) this.committed(tenant);
    return added;
  }

  async change(
    tenant: TenantId,
    actionId: string,
    now: number,
    decide: (record: ActionRecord) => Change | undefined,
  ): Promise<ActionRecord | undefined> {
    const db = await this.databases.of<Tables>(tenant);
    let isChanged = false;
    const after = await db.transaction().execute(async (trx) => {
      const row = await trx
        .selectFrom('containment_action')
        .selectAll()
        .where('tenant_id', '=', tenant)
        .where('action_id', '=', actionId)
        .executeTakeFirst();
      if (!row) return undefined;
      const before = fromRow(row);
      const change = decide(before);
      if (!change) return before;
      const { action_id: _id, tenant_id: _tenant, ...columns } = toRow(change.record);
      const { numUpdatedRows } = await trx
        .updateTable('containment_action')
        .set(columns)
        .where('tenant_id', '=', tenant)
        .where('action_id', '=', actionId)
        .where('version', '=', before.version)
        .executeTakeFirst();
      if (numUpdatedRows !== 1n) throw new Error('the action was changed by somebody else meanwhile');
      await conclude(trx, tenant, now, { before, changes: [change], traceparent: row.traceparent });
      isChanged = true;
      return change.record;
    });
    if (isChanged) this.committed(tenant);
    return after;
  }

  private async findWhere(tenant: TenantId, column: 'action_id' | 'approval_id', id: string): Promise<ActionRecord | undefined> {
    const db = await this.databases.of<Tables>(tenant);
    const row = await db
      .selectFrom('containment_action')
      .selectAll()
      .where('tenant_id', '=', tenant)
      .where(column, '=', id)
      .executeTakeFirst();
    return row && fromRow(row);
  }
}

async function liveElsewhere(
  trx: Transaction<Tables>,
  tenant: TenantId,
  { incident_id, alsoOn }: AddingTo,
): Promise<readonly ActionRecord[]> {
  const found: ActionRecord[] = [];
  for (const values of slices(alsoOn)) {
    const rows = await trx
      .selectFrom('containment_action')
      .selectAll()
      .where('tenant_id', '=', tenant)
      .where('target_value', 'in', values)
      .where('incident_id', '<>', incident_id)
      .where('status', 'not in', FINAL_STATUSES)
      .orderBy('action_id')
      .execute();
    found.push(...rows.map(fromRow));
  }
  return found.sort((a, b) => (a.action_id < b.action_id ? -1 : 1));
}

/** Changes of actions that belong to one trace. */
interface TracedChanges {
  /** The one action as it was, where it is changed; actions are added otherwise. */
  readonly before?: ActionRecord;
  readonly changes: readonly Change[];
  readonly traceparent: string | null;
}

/** What is left to do for an action continues the action's trace, whoever causes it. */
async function conclude(
  trx: Transaction<Tables>,
  tenant: TenantId,
  now: number,
  { before, changes, traceparent }: TracedChanges,
): Promise<void> {
  const audit = changes.flatMap((change) => change.audit);
  const work = changes.flatMap((change) => change.work).map((item) => (traceparent === null ? item : { ...item, traceparent }));
  const at = changes[0]?.record.updated_at ?? new Date(now).toISOString();
  if (audit.length > 0) await appendAudit(trx, tenant, at, audit);
  if (work.length > 0) await enqueueWork(trx, work, now);
  const news = changes.flatMap(({ record }) => actionNews(before, record));
  await appendFeed(trx, news, now);
}
