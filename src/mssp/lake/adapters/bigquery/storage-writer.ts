import type { BigQueryWriteClient } from '@google-cloud/bigquery-storage';
import type { OutboundPolicy } from '../../../../platform/resilience/outbound-policy.js';
import { AppendStream, type AppendCall } from './append-stream.js';
import { AppendStreams } from './append-streams.js';
import { BigQueryFault } from './bigquery-fault.js';
import type { BigQuerySettings } from './bigquery-settings.js';
import type { LakeRow, LakeTable } from './lake-tables.js';
import { LakeWriter } from './lake-writer.js';
import { encodeRow, rowDescriptor } from './proto-rows.js';
import { splitRows } from './split-rows.js';
import { storageWriteClient } from './storage-write-client.js';
import type { TenantScopedBigQueryClient } from './tenant-scoped-client.js';

/** An append may have 10 MB. */
const LIMIT = { bytes: 9_000_000, rows: 5_000 };
const STREAMS = { most: 64, idleMs: 300_000 };

/** Writes to the default streams of the Storage Write API: at least once, durable when answered. */
export class StorageWriter extends LakeWriter {
  private client: Promise<BigQueryWriteClient> | undefined;
  private readonly streams: AppendStreams;

  constructor(
    private readonly settings: BigQuerySettings,
    private readonly policy: OutboundPolicy,
  ) {
    super();
    this.streams = new AppendStreams(settings.streams ?? STREAMS);
  }

  async write(client: TenantScopedBigQueryClient, table: LakeTable, rows: readonly LakeRow[]): Promise<void> {
    const path = client.tablePath(table.name);
    const encoded = rows.map(({ values }) => encodeRow(table, values));
    for (const serializedRows of splitRows(encoded, LIMIT)) {
      const protoRows = { writerSchema: { protoDescriptor: rowDescriptor(table) }, rows: { serializedRows } };
      await client.guard(() => this.append(path, { writeStream: streamName(path), protoRows }));
    }
  }

  release(client: TenantScopedBigQueryClient): void {
    this.streams.release(client.tablePath(''));
  }

  async close(): Promise<void> {
    this.streams.release('');
    const client = await this.client?.catch(() => undefined);
    this.client = undefined;
    await client?.close();
  }

  private append(path: string, request: Readonly<Record<string, unknown>>): Promise<void> {
    const work = async (signal: AbortSignal): Promise<void> => {
      const client = await this.connected();
      await this.streams.of(path, () => new AppendStream(callOf(client, path))).append(request, signal);
    };
    return this.policy.execute(work, { isRepeatable: true });
  }

  private async connected(): Promise<BigQueryWriteClient> {
    const connecting = (this.client ??= storageWriteClient(this.settings.endpoint));
    try {
      return await connecting;
    } catch (error) {
      if (this.client === connecting) this.client = undefined;
      throw new BigQueryFault('failed', error instanceof Error ? error.message : 'no client');
    }
  }
}

function streamName(path: string): string {
  return `${path}/streams/_default`;
}

/** The header has the request reach the region where the table is. */
function callOf(client: BigQueryWriteClient, path: string): AppendCall {
  const headers = { 'x-goog-request-params': `write_stream=${streamName(path)}` };
  return client.appendRows({ otherArgs: { headers } }) as unknown as AppendCall;
}
