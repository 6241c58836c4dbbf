import type { TenantId } from '../../../../contracts/tenant.js';
import type { Dependency } from '../../../../platform/resilience/dependency.js';
import type { StoredRecord } from '../../../ingest/domain/event-store.js';
import type { DeclaredFormat } from '../../../ingest/domain/submission.js';
import { EventLake, LakeRefused, type LakeFilter, type LakeHour, type LakePosition } from '../../domain/event-lake.js';
import type { LakeEvent, LakeRecord } from '../../domain/lake-event.js';
import { ClickHouseCalls, type ClickHouseServerSettings } from './clickhouse-calls.js';
import { EVENT_COLUMNS, RECORD_COLUMNS, rowOf, type Column } from './clickhouse-columns.js';
import { clickHousePlaceOf, type ClickHousePlace } from './clickhouse-place.js';
import { columnsQuery, countsQuery, findQuery, findRecordQuery, markQuery, scanQuery, tablesQuery } from './clickhouse-queries.js';
import { changeExpiry, createDatabase, createTables, schemaFault } from './clickhouse-schema.js';

/** How ClickHouse is used. */
export interface ClickHouseLakeSettings extends ClickHouseServerSettings {
  /** For how many days events are kept after their arrival; for ever where it is left out. */
  readonly days?: number;
}

type EventRow = readonly [batch: string, index: number, receivedAt: number, source: DeclaredFormat, rules: readonly string[], raw: string];

/**
 * Events for long in ClickHouse, a database a tenant, which bears the tenant's id as its comment. Tables order and merge by what an event is, so that what was
 * written twice goes by itself; until then reads show it once.
 */
export class ClickHouseLake extends EventLake {
  private readonly calls: ClickHouseCalls;

  constructor(
    private readonly settings: ClickHouseLakeSettings,
    dependency: Dependency,
  ) {
    super();
    this.calls = new ClickHouseCalls(settings, dependency);
  }

  async prepare(tenant: TenantId): Promise<void> {
    const place = clickHousePlaceOf(tenant);
    if (!(await this.isThere(tenant, place))) {
      await this.calls.define(createDatabase(place), tenant);
      await this.isThere(tenant, place);
    }
    const { days } = this.settings;
    for (const statement of createTables(place, days)) await this.calls.define(statement, tenant);
    const [tables, columns] = await Promise.all([
      this.calls.rows<readonly [string, string, string]>(tablesQuery(place), tenant),
      this.calls.rows<readonly [string, string, string]>(columnsQuery(place), tenant),
    ]);
    const found = tables.map(([name, comment, engine_full]) => ({ name, comment, engine_full }));
    const fault = schemaFault(
      found,
      columns.map(([table, name, type]) => ({ table, name, type })),
    );
    if (fault !== undefined) throw new LakeRefused(`the database ${place.name} of tenant ${tenant} ${fault}`);
    const change = changeExpiry(place, found, days);
    if (change !== undefined) await this.calls.define(change, tenant);
  }

  async write(tenant: TenantId, events: readonly LakeEvent[]): Promise<void> {
    await this.insert(tenant, 'events', EVENT_COLUMNS, events);
  }

  async writeRecords(tenant: TenantId, records: readonly LakeRecord[]): Promise<void> {
    await this.insert(tenant, 'records', RECORD_COLUMNS, records);
  }

  async scan(tenant: TenantId, filter: LakeFilter, before: LakePosition | undefined, limit: number): Promise<readonly StoredRecord[]> {
    const rows = await this.calls.rows<EventRow>(scanQuery(clickHousePlaceOf(tenant), filter, before, limit), tenant);
    return rows.map(toRecord);
  }

  async find(tenant: TenantId, position: LakePosition): Promise<StoredRecord | undefined> {
    const [row] = await this.calls.rows<EventRow>(findQuery(clickHousePlaceOf(tenant), position), tenant);
    return row && toRecord(row);
  }

  async findRecord(tenant: TenantId, kind: LakeRecord['kind'], id: string): Promise<LakeRecord | undefined> {
    const query = findRecordQuery(clickHousePlaceOf(tenant), kind, id);
    const [row] = await this.calls.rows<readonly [at: number, body: string]>(query, tenant);
    return row && { kind, id, at: row[0], body: JSON.parse(row[1]) as LakeRecord['body'] };
  }

  async counts(tenant: TenantId, from: number, to: number): Promise<readonly LakeHour[]> {
    const rows = await this.calls.rows<readonly [hour: number, stored: number]>(countsQuery(clickHousePlaceOf(tenant), from, to), tenant);
    return rows.map(([hour, stored]) => ({ hour, stored }));
  }

  async erase(tenant: TenantId): Promise<void> {
    const place = clickHousePlaceOf(tenant);
    if (await this.isThere(tenant, place)) await this.calls.define(`DROP DATABASE IF EXISTS ${place.database} SYNC`, tenant);
    this.forget(tenant);
  }

  override forget(tenant: TenantId): void {
    this.calls.forget(tenant);
  }

  async check(): Promise<void> {
    await this.calls.rows({ text: 'SELECT 1', values: {}, rows: 1 });
  }

  async close(): Promise<void> {
    await this.calls.close();
  }

  /** Whether there is a place. @throws LakeRefused where it is not the tenant's. */
  private async isThere(tenant: TenantId, place: ClickHousePlace): Promise<boolean> {
    const [row] = await this.calls.rows<readonly [comment: string]>(markQuery(place), tenant);
    if (row && row[0] !== place.mark) throw new LakeRefused(`the database ${place.name} is not marked as that of tenant ${tenant}`);
    return row !== undefined;
  }

  private async insert<T>(tenant: TenantId, table: string, columns: readonly Column<T>[], items: readonly T[]): Promise<void> {
    const { database } = clickHousePlaceOf(tenant);
    const rows = items.map((item) => rowOf(columns, item));
    await this.calls.insert({ table: `${database}.${table}`, columns: columns.map(({ name }) => name), rows }, tenant);
  }
}

function toRecord([batch_id, index, received_at, source, rules, raw]: EventRow): StoredRecord {
  return { batch_id, index, received_at, source, rules, raw };
}
