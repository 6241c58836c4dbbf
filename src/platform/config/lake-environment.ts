import { readCloudEndpoint } from './cloud-endpoint.js';
import type { Config } from './config.js';
import type { VariableReader } from './variable-reader.js';

type Lake = NonNullable<Config['lake']>;

const GIGABYTE = 1024 ** 3;

/** Reads where events are kept for long; null where nowhere but here. */
export function readLakeConfig(reader: VariableReader, environment: Config['environment']): Config['lake'] {
  const kind = reader.oneOf('EVENT_LAKE', ['none', 'clickhouse', 'bigquery'] as const, 'none');
  if (kind === 'none') return null;
  const days = reader.integer('EVENT_LAKE_RETENTION_DAYS', 0, 0, 36_500);
  const retentionDays = days === 0 ? null : days;
  return kind === 'clickhouse' ? readClickHouse(reader, environment, retentionDays) : readBigQuery(reader, environment, retentionDays);
}

function readClickHouse(reader: VariableReader, environment: Config['environment'], retentionDays: number | null): Lake {
  const url = reader.serviceUrl('CLICKHOUSE_URL') ?? '';
  const usual = environment === 'development' ? '1' : '0';
  const isPlainAllowed = reader.oneOf('CLICKHOUSE_ALLOW_PLAINTEXT', ['0', '1'] as const, usual) === '1';
  if (url === '') reader.refuse('CLICKHOUSE_URL must be set where EVENT_LAKE is clickhouse: https://clickhouse.example:8443');
  else if (url.startsWith('http:') && !isPlainAllowed)
    reader.refuse('CLICKHOUSE_URL must be an https URL, unless CLICKHOUSE_ALLOW_PLAINTEXT is 1');
  return {
    kind: 'clickhouse',
    retentionDays,
    url,
    username: reader.text('CLICKHOUSE_USER', 'default'),
    caFile: reader.file('CLICKHOUSE_CA_FILE'),
  };
}

function readBigQuery(reader: VariableReader, environment: Config['environment'], retentionDays: number | null): Lake {
  const project = reader.pattern('GCP_PROJECT_ID', /^[a-z0-9:.-]{1,63}$/, 'the id of a project');
  if (project === '') reader.refuse('GCP_PROJECT_ID must be set where EVENT_LAKE is bigquery');
  const rest = readCloudEndpoint(reader, 'GCP_BIGQUERY_ENDPOINT', environment);
  const storage = readCloudEndpoint(reader, 'GCP_BIGQUERY_STORAGE_ENDPOINT', environment);
  if ((rest === null) !== (storage === null)) {
    reader.refuse('GCP_BIGQUERY_ENDPOINT and GCP_BIGQUERY_STORAGE_ENDPOINT must be set together, or neither');
  }
  return {
    kind: 'bigquery',
    retentionDays,
    project,
    location: reader.text('GCP_BIGQUERY_LOCATION', 'EU'),
    writer: reader.oneOf('GCP_BIGQUERY_WRITER', ['storage-write', 'insert-all'] as const, 'storage-write'),
    maximumBytesBilled: GIGABYTE * reader.integer('GCP_BIGQUERY_MAX_GIGABYTES_BILLED', 100, 1, 1_000_000),
    kmsKey: reader.text('GCP_BIGQUERY_KMS_KEY', '') || null,
    endpoint: rest &&
      storage && {
        rest: `${rest.plain ? 'http' : 'https'}://${rest.host}:${rest.port}`,
        host: storage.host,
        port: storage.port,
        plain: rest.plain && storage.plain,
      },
  };
}
