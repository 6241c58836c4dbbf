import { sql, type Transaction } from 'kysely';
import type { TenantId } from '../../contracts/tenant.js';
import { appendAudit } from '../../platform/audit/append-audit.js';
import type { AuditEntry } from '../../platform/audit/audit-record.js';
import type { Clock } from '../../platform/clock/clock.js';
import { slices } from '../../platform/storage/slices.js';
import type { TenantDatabases } from '../../platform/storage/tenant-databases.js';
import { refuseBeyond } from '../../platform/tenancy/tenant-caps.js';
import type { Indicator, IndicatorReport } from '../domain/indicator.js';
import { type IndicatorChange, type IndicatorCounts, type IndicatorFilter, IndicatorStore } from '../domain/indicator-store.js';
import { toIndicator, toRow, toValueRows } from './indicator-rows.js';
import type { IndicatorRow, TaaTables } from './taa-tables.js';

const AUDITED_IDS = 100;
/** What the revision of all indicators is called. */
const INDICATORS = 'indicators';

/** Indicators in the tenant's database: the reports as JSON, their values beside them for search. */
export class SqliteIndicatorStore extends IndicatorStore {
  constructor(
    private readonly databases: TenantDatabases,
    private readonly clock: Clock,
    /** Indicators of one source that people and programs send. */
    private readonly most = 200_000,
  ) {
    super();
  }

  async list(tenant: TenantId, filter: IndicatorFilter, after: string, limit: number): Promise<Indicator[]> {
    const db = await this.databases.of<TaaTables>(tenant);
    const { types, value, sources } = filter;
    let query = db.selectFrom('taa_indicator').selectAll().where('indicator_id', '>', after);
    if (sources !== undefined) query = query.where('source', 'in', sources);
    if (types !== undefined || value !== undefined) {
      query = query.where('indicator_id', 'in', (nested) => {
        let values = nested.selectFrom('taa_indicator_value').select('indicator_id');
        if (types !== undefined) values = values.where('type', 'in', types);
        if (value !== undefined) values = values.where('value', '=', value);
        return values;
      });
    }
    return (await query.orderBy('indicator_id').limit(limit).execute()).map(toIndicator);
  }

  async find(tenant: TenantId, indicatorId: string): Promise<Indicator | undefined> {
    const db = await this.databases.of<TaaTables>(tenant);
    const row = await db.selectFrom('taa_indicator').selectAll().where('indicator_id', '=', indicatorId).executeTakeFirst();
    return row === undefined ? undefined : toIndicator(row);
  }

  async active(tenant: TenantId): Promise<Indicator[]> {
    const db = await this.databases.of<TaaTables>(tenant);
    return (await db.selectFrom('taa_indicator').selectAll().where('revoked', '=', 0).orderBy('indicator_id').execute()).map(toIndicator);
  }

  async revision(tenant: TenantId): Promise<number> {
    const db = await this.databases.of<TaaTables>(tenant);
    const row = await db.selectFrom('taa_revision').select('revision').where('name', '=', INDICATORS).executeTakeFirst();
    return row?.revision ?? 0;
  }

  async put(tenant: TenantId, source: string, reports: readonly IndicatorReport[], change: IndicatorChange): Promise<IndicatorCounts> {
    return this.write(tenant, { source, reports, change, isAll: false });
  }

  async replace(tenant: TenantId, source: string, reports: readonly IndicatorReport[], change: IndicatorChange): Promise<IndicatorCounts> {
    return this.write(tenant, { source, reports, change, isAll: true });
  }

  async remove(tenant: TenantId, indicatorId: string, change: IndicatorChange): Promise<boolean> {
    const db = await this.databases.of<TaaTables>(tenant);
    return db.transaction().execute(async (trx) => {
      const row = await trx
        .selectFrom('taa_indicator')
        .select(['source', 'external_id'])
        .where('indicator_id', '=', indicatorId)
        .executeTakeFirst();
      if (row === undefined) return false;
      await removeRows(trx, [indicatorId]);
      const target = { type: 'indicator', id: indicatorId };
      await this.note(trx, tenant, { ...change, action: 'indicator.deleted', target, outcome: 'success', details: { ...row } });
      return true;
    });
  }

  async sources(tenant: TenantId): Promise<string[]> {
    const db = await this.databases.of<TaaTables>(tenant);
    const rows = await db.selectFrom('taa_indicator').select('source').distinct().orderBy('source').execute();
    return rows.map(({ source }) => source);
  }

  private async write(tenant: TenantId, { source, reports, change, isAll }: Write): Promise<IndicatorCounts> {
    const now = this.clock.isoNow();
    const offered = new Map(reports.map((report) => toRow(tenant, source, report, now)).map((row) => [row.indicator_id, row]));
    const db = await this.databases.of<TaaTables>(tenant);
    return db.transaction().execute(async (trx) => {
      const known = await trx
        .selectFrom('taa_indicator')
        .select(['indicator_id', 'digest', 'created_at'])
        .where('source', '=', source)
        .execute();
      const before = new Map(known.map((row) => [row.indicator_id, row]));
      const added = [...offered.values()].filter((row) => !before.has(row.indicator_id));
      const updated = [...offered.values()].flatMap((row) => {
        const old = before.get(row.indicator_id);
        return old === undefined || old.digest === row.digest ? [] : [{ ...row, created_at: old.created_at }];
      });
      if (!isAll && added.length > 0) refuseBeyond('indicators', this.most, known.length + added.length - 1);
      const removed = isAll ? known.map((row) => row.indicator_id).filter((id) => !offered.has(id)) : [];
      const counts = { added: added.length, updated: updated.length, removed: removed.length };
      if (counts.added + counts.updated + counts.removed === 0) return counts;
      const changed = [...added, ...updated];
      await removeRows(trx, [...removed, ...updated.map((row) => row.indicator_id)]);
      await insertRows(trx, changed);
      const indicators = [...changed.map((row) => row.indicator_id), ...removed].slice(0, AUDITED_IDS);
      const details = { ...counts, indicators };
      await this.note(trx, tenant, {
        ...change,
        action: 'indicators.changed',
        target: { type: 'intel_source', id: source },
        outcome: 'success',
        details,
      });
      return counts;
    });
  }

  /** What belongs to every change. */
  private async note(trx: Transaction<TaaTables>, tenant: TenantId, entry: AuditEntry): Promise<void> {
    await trx
      .insertInto('taa_revision')
      .values({ name: INDICATORS, revision: 1 })
      .onConflict((on) => on.column('name').doUpdateSet({ revision: sql`taa_revision.revision + 1` }))
      .execute();
    await appendAudit(trx, tenant, this.clock.isoNow(), [entry]);
  }
}

interface Write {
  readonly source: string;
  readonly reports: readonly IndicatorReport[];
  readonly change: IndicatorChange;
  /** The reports are all that the source has. */
  readonly isAll: boolean;
}

async function removeRows(trx: Transaction<TaaTables>, ids: readonly string[]): Promise<void> {
  for (const slice of slices(ids)) {
    await trx.deleteFrom('taa_indicator_value').where('indicator_id', 'in', slice).execute();
    await trx.deleteFrom('taa_indicator').where('indicator_id', 'in', slice).execute();
  }
}

async function insertRows(trx: Transaction<TaaTables>, rows: readonly IndicatorRow[]): Promise<void> {
  for (const slice of slices(rows)) await trx.insertInto('taa_indicator').values(slice).execute();
  for (const slice of slices(rows.flatMap(toValueRows))) await trx.insertInto('taa_indicator_value').values(slice).execute();
}
