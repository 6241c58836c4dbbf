import type { TenantId } from '../../../../contracts/tenant.js';
import type { OutboundPolicies } from '../../../../platform/resilience/outbound-policies.js';
import type { OutboundPolicy } from '../../../../platform/resilience/outbound-policy.js';
import type { StoredRecord } from '../../../ingest/domain/event-store.js';
import { EventLake, type LakeFilter, type LakeHour, type LakePosition } from '../../domain/event-lake.js';
import type { LakeEvent, LakeRecord } from '../../domain/lake-event.js';
import { judgeBigQuery } from './bigquery-fault.js';
import { BigQueryRest } from './bigquery-rest.js';
import type { BigQuerySettings } from './bigquery-settings.js';
import { checkRows } from './check-rows.js';
import { erasePlace, preparePlace } from './dataset-place.js';
import { InsertAllWriter } from './insert-all-writer.js';
import { countsQuery, findQuery, recordQuery, scanQuery, type LakeQuery } from './lake-queries.js';
import { eventRow, lakeRecord, recordRow, storedRecord, type AnsweredRow } from './lake-rows.js';
import { EVENTS, RECORDS, type LakeRow, type LakeTable } from './lake-tables.js';
import type { LakeWriter } from './lake-writer.js';
import { StorageWriter } from './storage-writer.js';
import { checkedProject } from './tenant-dataset.js';
import { TenantScopedBigQueryClient } from './tenant-scoped-client.js';

const HOUR_MS = 3_600_000;

/** Events in BigQuery: a dataset a tenant, which nothing but the tenant's own client can name. Nothing in it is ever changed. */
export class BigQueryLake extends EventLake {
  private readonly rest: BigQueryRest;
  private readonly policy: OutboundPolicy;
  private readonly writer: LakeWriter;

  /** @throws LakeRefused where the project cannot be one. */
  constructor(
    private readonly settings: BigQuerySettings,
    policies: OutboundPolicies,
  ) {
    super();
    checkedProject(settings.project);
    const dependency = policies.dependency('bigquery', 'bigquery', judgeBigQuery);
    this.rest = new BigQueryRest(settings);
    this.policy = dependency.policy();
    this.writer =
      settings.writer === 'insert-all' ? new InsertAllWriter() : new StorageWriter(settings, dependency.policy('storage-write'));
  }

  async prepare(tenant: TenantId): Promise<void> {
    await preparePlace(this.clientOf(tenant), this.settings);
  }

  async write(tenant: TenantId, events: readonly LakeEvent[]): Promise<void> {
    const copiedAt = Date.now();
    await this.writeRows(
      tenant,
      EVENTS,
      events.map((event) => eventRow(event, copiedAt)),
    );
  }

  async writeRecords(tenant: TenantId, records: readonly LakeRecord[]): Promise<void> {
    const copiedAt = Date.now();
    await this.writeRows(
      tenant,
      RECORDS,
      records.map((record) => recordRow(record, copiedAt)),
    );
  }

  async scan(tenant: TenantId, filter: LakeFilter, before: LakePosition | undefined, limit: number): Promise<readonly StoredRecord[]> {
    return (await this.ask(tenant, EVENTS, scanQuery(filter, before, limit))).map(storedRecord);
  }

  async find(tenant: TenantId, position: LakePosition): Promise<StoredRecord | undefined> {
    const [row] = await this.ask(tenant, EVENTS, findQuery(position));
    return row && storedRecord(row);
  }

  async findRecord(tenant: TenantId, kind: LakeRecord['kind'], id: string): Promise<LakeRecord | undefined> {
    const [row] = await this.ask(tenant, RECORDS, recordQuery(kind, id));
    return row && lakeRecord(row);
  }

  async counts(tenant: TenantId, from: number, to: number): Promise<readonly LakeHour[]> {
    const [since = 0, until = 0] = [from, to].map((ms) => Math.ceil(ms / HOUR_MS) * HOUR_MS);
    const rows = await this.ask(tenant, EVENTS, countsQuery(since, until));
    return rows.map(({ hour, stored }) => ({ hour: Number(hour) * HOUR_MS, stored: Number(stored) }));
  }

  async erase(tenant: TenantId): Promise<void> {
    const client = this.clientOf(tenant);
    this.writer.release(client);
    await erasePlace(client);
  }

  async check(): Promise<void> {
    await this.rest.ask(this.policy, { method: 'GET', path: '/datasets', query: { maxResults: '1' } });
  }

  async close(): Promise<void> {
    await this.writer.close();
  }

  private async writeRows(tenant: TenantId, table: LakeTable, rows: readonly LakeRow[]): Promise<void> {
    const client = this.clientOf(tenant);
    checkRows(table, rows);
    if (rows.length > 0) await this.writer.write(client, table, rows);
  }

  private ask(tenant: TenantId, { name }: LakeTable, { sql, parameters }: LakeQuery): Promise<readonly AnsweredRow[]> {
    return this.clientOf(tenant).query(name, sql, parameters);
  }

  private clientOf(tenant: TenantId): TenantScopedBigQueryClient {
    return new TenantScopedBigQueryClient(tenant, { settings: this.settings, rest: this.rest, policy: this.policy });
  }
}
