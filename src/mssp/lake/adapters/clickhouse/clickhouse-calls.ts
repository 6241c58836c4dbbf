import { ClickHouseLogLevel, createClient, type ClickHouseClient, type ClickHouseSettings } from '@clickhouse/client';
import type { TenantId } from '../../../../contracts/tenant.js';
import type { Dependency } from '../../../../platform/resilience/dependency.js';
import { clickHouseFault } from './clickhouse-faults.js';
import type { ClickHouseQuery } from './clickhouse-queries.js';

/** Where ClickHouse is, and who we are there. */
export interface ClickHouseServerSettings {
  /** `http:` or `https:`. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** Certificates in PEM that its own must be signed by, where those of the system do not do. */
  readonly ca?: string;
}

/** Rows to be written. */
export interface ClickHouseInsert {
  /** With its database, quoted. */
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** Bytes of an answer; more are an error. */
const MOST_BYTES = 1024 ** 3;
/** The policy bounds what is under way at once. */
const CONNECTIONS = 256;
/** The policy's limit ends a call; this ends what would outlast it. */
const LATER_MS = 1_000;
/** Answers are whole and final: an error is no half of one. */
const COMPLETE = { wait_end_of_query: 1 } as const satisfies ClickHouseSettings;
/** Written when it is answered. 500 rows may be of any number of months. */
const WRITE = { ...COMPLETE, async_insert: 0, max_partitions_per_insert_block: '0', date_time_input_format: 'basic' } as const;
/** Erasing a tenant is meant, however much there is. */
const DEFINE = { ...COMPLETE, max_table_size_to_drop: '0', max_partition_size_to_drop: '0' } as const;

/** Calls to ClickHouse under their policies. They throw `LakeRefused`, `ClickHouseFault` or `OutboundUnavailable` and tell nothing of what was sent. */
export class ClickHouseCalls {
  private readonly client: ClickHouseClient;
  private readonly read: ClickHouseSettings;

  constructor(
    { url, username, password, ca }: ClickHouseServerSettings,
    private readonly dependency: Dependency,
  ) {
    const { attemptMs } = dependency.settings.timeout;
    this.read = {
      ...COMPLETE,
      readonly: '2',
      max_execution_time: Math.ceil(attemptMs / 1_000),
      max_result_bytes: String(MOST_BYTES),
      output_format_json_quote_64bit_integers: 0,
    };
    this.client = createClient({
      url,
      username,
      password,
      application: 'gatra',
      request_timeout: attemptMs + LATER_MS,
      max_open_connections: CONNECTIONS,
      use_multipart_params_auto: true,
      log: { level: ClickHouseLogLevel.OFF },
      ...(ca !== undefined && { tls: { ca_cert: Buffer.from(ca) } }),
    });
  }

  /** The rows of an answer. @param tenant whose place is asked; nobody's where it is left out */
  async rows<T extends readonly unknown[]>({ text: query, values, rows }: ClickHouseQuery, tenant?: TenantId): Promise<readonly T[]> {
    const clickhouse_settings = { ...this.read, max_result_rows: String(rows) };
    return this.call(tenant, async (abort_signal) => {
      const result = await this.client.query({
        query,
        query_params: { ...values },
        format: 'JSONCompactEachRow',
        clickhouse_settings,
        abort_signal,
      });
      const close = (): void => result.close();
      abort_signal.addEventListener('abort', close);
      try {
        return await result.json<T>();
      } finally {
        abort_signal.removeEventListener('abort', close);
      }
    });
  }

  /** Writes rows; they are on the disk once it resolves. */
  async insert({ table, columns, rows }: ClickHouseInsert, tenant: TenantId): Promise<void> {
    const [first, ...rest] = columns;
    if (first === undefined) return;
    await this.call(tenant, (abort_signal) =>
      this.client.insert({
        table,
        columns: [first, ...rest],
        values: rows,
        format: 'JSONCompactEachRow',
        clickhouse_settings: WRITE,
        abort_signal,
      }),
    );
  }

  /** Makes, changes or removes databases and tables. */
  async define(query: string, tenant: TenantId): Promise<void> {
    await this.call(tenant, (abort_signal) => this.client.command({ query, clickhouse_settings: DEFINE, abort_signal }));
  }

  /** Forgets how calls for a tenant went. */
  forget(tenant: TenantId): void {
    this.dependency.forget(tenant);
  }

  async close(): Promise<void> {
    await this.client.close();
  }

  private call<T>(tenant: TenantId | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.dependency.policy(tenant).execute(
      (signal) =>
        work(signal).catch((error: unknown) => {
          throw clickHouseFault(error, tenant);
        }),
      { isRepeatable: true },
    );
  }
}
