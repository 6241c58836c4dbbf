import { createHash } from 'node:crypto';
import { BigQueryFault } from './bigquery-fault.js';
import type { LakeRow, LakeTable, Row } from './lake-tables.js';
import { LakeWriter } from './lake-writer.js';
import { splitRows } from './split-rows.js';
import type { TenantScopedBigQueryClient } from './tenant-scoped-client.js';

/** A request may have 10 MB and 50,000 rows; Google advises 500. */
const LIMIT = { bytes: 9_000_000, rows: 500 };
const INSERT_ID_LENGTH = 128;

interface InsertAnswer {
  readonly insertErrors?: readonly {
    readonly index?: number;
    readonly errors?: readonly { readonly reason?: string; readonly location?: string }[];
  }[];
}

/** Writes with `tabledata.insertAll` over REST. Rows carry their own ids, so that BigQuery leaves out most of what is sent again soon. */
export class InsertAllWriter extends LakeWriter {
  async write(client: TenantScopedBigQueryClient, { name, columns }: LakeTable, rows: readonly LakeRow[]): Promise<void> {
    const moments = new Set(columns.filter(({ type }) => type === 'TIMESTAMP').map((column) => column.name));
    const encoded = rows.map(({ id, values }) => Buffer.from(JSON.stringify({ insertId: insertIdOf(id), json: jsonOf(values, moments) })));
    for (const request of splitRows(encoded, LIMIT)) {
      const body = Buffer.concat([
        Buffer.from('{"rows":['),
        ...request.flatMap((row, at) => (at > 0 ? [COMMA, row] : [row])),
        Buffer.from(']}'),
      ]);
      const { insertErrors = [] } = await client.ask<InsertAnswer>('POST', `/tables/${name}/insertAll`, body);
      const [first] = insertErrors;
      if (!first) continue;
      const { reason = 'unknown', location = '' } = first.errors?.find((error) => error.reason !== 'stopped') ?? {};
      const fault = new BigQueryFault(
        'refused',
        `${insertErrors.length} rows were not written; the first, ${first.index ?? 0}: ${reason} ${location}`,
      );
      await client.guard(() => Promise.reject(fault));
    }
  }

  release(): void {}

  async close(): Promise<void> {}
}

const COMMA = Buffer.from(',');

function jsonOf(values: Row, moments: ReadonlySet<string>): Readonly<Record<string, unknown>> {
  const given = Object.entries(values).filter(([, value]) => value !== null);
  return Object.fromEntries(given.map(([name, value]) => [name, moments.has(name) ? new Date(Number(value)).toISOString() : value]));
}

function insertIdOf(id: string): string {
  return id.length <= INSERT_ID_LENGTH ? id : createHash('sha256').update(id).digest('hex');
}
