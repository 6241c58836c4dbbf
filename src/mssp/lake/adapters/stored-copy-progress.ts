import type { TenantId } from '../../../contracts/tenant.js';
import type { TenantDatabases } from '../../../platform/storage/tenant-databases.js';
import type { RecordPosition } from '../domain/copy-slice.js';
import { CopyProgress, FROM_THE_BEGINNING, isBeginning, type Progress } from '../domain/copy-progress.js';

interface LakeTables {
  readonly lake_progress: {
    readonly lake: string;
    readonly month: string | null;
    readonly sequence: number;
    readonly record: number;
    readonly batch: string | null;
    /** JSON; null where it was not kept yet. */
    readonly earlier: string | null;
    readonly audit: number;
    readonly alerts: string | null;
    readonly complete_until: number | null;
  };
}

/** Progress in the tenant's database, so that it goes with the tenant. */
export class StoredCopyProgress extends CopyProgress {
  constructor(private readonly databases: TenantDatabases) {
    super();
  }

  async read(tenant: TenantId, lake: string): Promise<Progress> {
    const db = await this.databases.of<LakeTables>(tenant);
    const row = await db.selectFrom('lake_progress').selectAll().where('lake', '=', lake).executeTakeFirst();
    if (!row) return FROM_THE_BEGINNING;
    const { month, sequence, record, batch, audit, alerts, complete_until: completeUntil } = row;
    const earlier = row.earlier === null ? null : (JSON.parse(row.earlier) as readonly RecordPosition[]);
    return { events: month === null ? null : { month, sequence, record, batch, earlier }, audit, alerts, completeUntil };
  }

  async keep(tenant: TenantId, lake: string, { events, audit, alerts, completeUntil }: Progress, before: Progress): Promise<void> {
    const db = await this.databases.of<LakeTables>(tenant);
    const { month, sequence, record, batch } = events ?? { month: null, sequence: 0, record: 0, batch: null };
    const earlier = events?.earlier ? JSON.stringify(events.earlier) : null;
    const values = { month, sequence, record, batch, earlier, audit, alerts, complete_until: completeUntil };
    const changed = await db.updateTable('lake_progress').set(values).where('lake', '=', lake).executeTakeFirst();
    if (changed.numUpdatedRows > 0n || !isBeginning(before)) return;
    await db
      .insertInto('lake_progress')
      .values({ lake, ...values })
      .onConflict((conflict) => conflict.column('lake').doUpdateSet(values))
      .execute();
  }

  async forget(tenant: TenantId, lake: string): Promise<void> {
    const db = await this.databases.of<LakeTables>(tenant);
    await db.deleteFrom('lake_progress').where('lake', '=', lake).execute();
  }
}
