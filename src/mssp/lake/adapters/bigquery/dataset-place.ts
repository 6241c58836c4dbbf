import { LakeRefused } from '../../domain/event-lake.js';
import type { BigQuerySettings } from './bigquery-settings.js';
import { compareSchema, type FoundColumn } from './found-schema.js';
import { eventsOnce } from './lake-queries.js';
import { EVENTS, RECORDS, type LakeTable } from './lake-tables.js';
import type { TenantScopedBigQueryClient } from './tenant-scoped-client.js';

const DAY_MS = 86_400_000;
/** The least there may be: what is erased is gone soon. */
const TIME_TRAVEL_HOURS = '48';
const VIEW = 'events_once';

type Labels = Readonly<Record<string, string>>;

interface FoundTable {
  readonly schema?: { readonly fields?: readonly FoundColumn[] };
  readonly timePartitioning?: { readonly field?: string };
}

/**
 * Makes the tenant's dataset, its tables and its view where they are not there. Of tables that are there nothing is changed but that columns are added which
 * may be empty.
 * @throws LakeRefused where the dataset is not the tenant's, or a table cannot hold what is written.
 */
export async function preparePlace(client: TenantScopedBigQueryClient, settings: BigQuerySettings): Promise<void> {
  if (!(await isOwn(client))) {
    await client.create('/datasets', datasetOf(client, settings));
    await isOwn(client);
  }
  for (const table of [EVENTS, RECORDS]) await prepareTable(client, table, settings);
  if (await client.find(`/tables/${VIEW}`)) return;
  const view = { query: eventsOnce(client.tableName(EVENTS.name)), useLegacySql: false };
  await client.create(`/datasets/${client.dataset}/tables`, { tableReference: { ...client.reference, tableId: VIEW }, view });
}

/** Removes the tenant's dataset with everything in it; nothing where there is none. @throws LakeRefused where it is not the tenant's. */
export async function erasePlace(client: TenantScopedBigQueryClient): Promise<void> {
  if (await isOwn(client)) await client.ask('DELETE', '', undefined, { deleteContents: 'true' });
}

/** Whether the dataset is there. @throws LakeRefused where it is, and is another's. */
async function isOwn(client: TenantScopedBigQueryClient): Promise<boolean> {
  const found = await client.find<{ readonly labels?: Labels }>('');
  if (!found) return false;
  if (found.labels?.['gatra_tenant'] === client.label) return true;
  throw new LakeRefused(`the dataset ${client.dataset} is there and is not labelled as that of ${client.tenant}`);
}

async function prepareTable(client: TenantScopedBigQueryClient, table: LakeTable, settings: BigQuerySettings): Promise<void> {
  const find = (): Promise<FoundTable | undefined> => client.find<FoundTable>(`/tables/${table.name}`);
  let found = await find();
  if (!found) {
    await client.create(`/datasets/${client.dataset}/tables`, tableOf(client, table, settings));
    found = await find();
  }
  const fields = found?.schema?.fields ?? [];
  const { faults, missing } = compareSchema(table, fields);
  const partition = found?.timePartitioning?.field;
  const all =
    partition === table.partition ? faults : [`it is partitioned by ${partition ?? 'nothing'} and not ${table.partition}`, ...faults];
  if (all.length > 0) throw new LakeRefused(`the table ${table.name} of ${client.tenant} cannot be used: ${all.join(', ')}`);
  if (missing.length > 0) await client.ask('PATCH', `/tables/${table.name}`, { schema: { fields: [...fields, ...missing] } });
}

function datasetOf(client: TenantScopedBigQueryClient, { location, kmsKey }: BigQuerySettings): Readonly<Record<string, unknown>> {
  return {
    datasetReference: client.reference,
    labels: { gatra_tenant: client.label },
    location,
    maxTimeTravelHours: TIME_TRAVEL_HOURS,
    ...(kmsKey !== undefined && { defaultEncryptionConfiguration: { kmsKeyName: kmsKey } }),
  };
}

function tableOf(
  client: TenantScopedBigQueryClient,
  { name, partition, cluster, columns }: LakeTable,
  { expirationDays }: BigQuerySettings,
): Readonly<Record<string, unknown>> {
  const expiration = expirationDays !== undefined && { expirationMs: String(expirationDays * DAY_MS) };
  return {
    tableReference: { ...client.reference, tableId: name },
    schema: { fields: columns },
    timePartitioning: { type: 'DAY', field: partition, ...expiration },
    requirePartitionFilter: true,
    clustering: { fields: cluster },
  };
}
