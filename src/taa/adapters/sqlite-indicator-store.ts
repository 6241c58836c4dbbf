import { sql, type Transaction } from 'kysely';
import type { TenantId } from '../../contracts/tenant.js';
import { appendAudit } from '../../platform/audit/append-audit.js';
import type { Clock } from '../../platform/clock/clock.js';
import { slices } from '../../platform/storage/slices.js';
import type { TenantDatabases } from '../../platform/storage/tenant-databases.js';
import { refuseBeyond } from '../../platform/tenancy/tenant-caps.js';
import type { Indicator, IndicatorReport } from '../domain/indicator.js';
import { type IndicatorChange, type IndicatorCounts, type IndicatorFilter, IndicatorStore } from '../domain/indicator-store.js';
import { isOlderVersion } from '../domain/is-older-version.js';
import type { IndicatorScope } from '../domain/retro/retro-match.js';
import { isSoughtAnew } from '../domain/retro/is-sought-anew.js';
import type { RetroPolicy } from '../domain/retro/retro-store.js';
import { toIndicator, toRow, toValueRows } from './indicator-rows.js';
import { INDICATORS, queueRetro, revisionOf } from './queue-retro.js';
import type { IndicatorRow, TaaTables } from './taa-tables.js';

const AUDITED_IDS = 100;

/** Indicators in the tenant's database: the reports as JSON, their values beside them for search. */
export class SqliteIndicatorStore extends IndicatorStore {
  constructor(
    private readonly databases: TenantDatabases,
    private readonly clock: Clock,
    /** Indicators of one source that people and programs send. */
    private readonly most = 200_000,
    /** When those that are new are compared with stored events; null for never. */
    private readonly retro: RetroPolicy | null = null,
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

  async sought(tenant: TenantId, scope: IndicatorScope, after: string, limit: number): Promise<Indicator[]> {
    const db = await this.databases.of<TaaTables>(tenant);
    let query = db.selectFrom('taa_indicator').selectAll().where('indicator_id', '>', after).where('revoked', '=', 0);
    if (scope.source !== null) query = query.where('source', '=', scope.source);
    query = query.where('sought_since', '>', scope.after).where('sought_since', '<=', scope.upTo);
    return (await query.orderBy('indicator_id').limit(limit).execute()).map(toIndicator);
  }

  async revision(tenant: TenantId): Promise<number> {
    return revisionOf(await this.databases.of<TaaTables>(tenant), INDICATORS);
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
      await nextRevision(trx);
      const target = { type: 'indicator', id: indicatorId };
      const entry = { ...change, action: 'indicator.deleted', target, outcome: 'success', details: { ...row } } as const;
      await appendAudit(trx, tenant, this.clock.isoNow(), [entry]);
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
        .select(['indicator_id', 'digest', 'created_at', 'sought_since'])
        .where('source', '=', source)
        .execute();
      const before = new Map(known.map((row) => [row.indicator_id, row]));
      const added = [...offered.values()].filter((row) => !before.has(row.indicator_id));
      const differing = [...offered.values()].flatMap((row) => {
        const old = before.get(row.indicator_id);
        return old === undefined || old.digest === row.digest ? [] : [{ ...row, created_at: old.created_at }];
      });
      if (!isAll && added.length > 0) refuseBeyond('indicators', this.most, known.length + added.length - 1);
      const removed = isAll ? known.map((row) => row.indicator_id).filter((id) => !offered.has(id)) : [];
      if (added.length + differing.length + removed.length === 0) return { added: 0, updated: 0, removed: 0 };
      const revision = await nextRevision(trx);
      const since = this.retro === null ? 0 : revision;
      const { anew, older } = await comparedWithStored(trx, differing, this.clock.now());
      const [outdated, updated] = isAll ? [[], differing] : parted(differing, older);
      const counts = { added: added.length, updated: updated.length, removed: removed.length };
      const answer = outdated.length === 0 ? counts : { ...counts, outdated: outdated.map((row) => row.external_id) };
      if (counts.added + counts.updated + counts.removed === 0) return answer;
      const changed = [...added, ...updated].map((row) => {
        const old = anew.has(row.indicator_id) ? undefined : before.get(row.indicator_id);
        return { ...row, sought_since: old?.sought_since ?? since };
      });
      await removeRows(trx, [...removed, ...updated.map((row) => row.indicator_id)]);
      await insertRows(trx, changed);
      const indicators = [...changed.map((row) => row.indicator_id), ...removed].slice(0, AUDITED_IDS);
      const details = { ...counts, indicators };
      const target = { type: 'intel_source', id: source };
      await appendAudit(trx, tenant, now, [{ ...change, action: 'indicators.changed', target, outcome: 'success', details }]);
      if (this.retro !== null && changed.some((row) => row.sought_since === revision)) {
        await queueRetro(trx, { tenant, now: this.clock.now(), policy: this.retro, correlation_id: change.correlation_id });
      }
      return answer;
    });
  }
}

/** Belongs to every change, before what is written with its number: changes that are made at once wait here for one another. */
async function nextRevision(trx: Transaction<TaaTables>): Promise<number> {
  const { revision } = await trx
    .insertInto('taa_revision')
    .values({ name: INDICATORS, revision: 1 })
    .onConflict((on) => on.column('name').doUpdateSet({ revision: sql`taa_revision.revision + 1` }))
    .returning('revision')
    .executeTakeFirstOrThrow();
  return revision;
}

interface Write {
  readonly source: string;
  readonly reports: readonly IndicatorReport[];
  readonly change: IndicatorChange;
  /** The reports are all that the source has. */
  readonly isAll: boolean;
}

/** Ids of those among rows that replace others which make events match that did not before, and of those that are older versions. */
async function comparedWithStored(
  trx: Transaction<TaaTables>,
  rows: readonly IndicatorRow[],
  now: number,
): Promise<{ readonly anew: ReadonlySet<string>; readonly older: ReadonlySet<string> }> {
  const [anew, older] = [new Set<string>(), new Set<string>()];
  for (const slice of slices(rows)) {
    const offered = new Map(slice.map((row) => [row.indicator_id, row.document]));
    const stored = await trx
      .selectFrom('taa_indicator')
      .select(['indicator_id', 'document'])
      .where('indicator_id', 'in', [...offered.keys()])
      .execute();
    for (const { indicator_id: id, document } of stored) {
      const before = JSON.parse(document) as IndicatorReport;
      const after = JSON.parse(offered.get(id) ?? document) as IndicatorReport;
      if (isSoughtAnew(before, after, now)) anew.add(id);
      if (isOlderVersion(after, before)) older.add(id);
    }
  }
  return { anew, older };
}

function parted(rows: readonly IndicatorRow[], ids: ReadonlySet<string>): [IndicatorRow[], IndicatorRow[]] {
  return [rows.filter((row) => ids.has(row.indicator_id)), rows.filter((row) => !ids.has(row.indicator_id))];
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
