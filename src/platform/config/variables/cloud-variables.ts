import { grouped } from './variable.js';

/** Where events are kept for long besides, and what goes out and comes in over Pub/Sub. */
export const CLOUD_VARIABLES = [
  ...grouped('A lake', [
    {
      name: 'EVENT_LAKE',
      default: 'none',
      range: 'none, clickhouse, bigquery',
      description: 'where events are kept for long besides',
      guide: 'lake.md',
    },
    {
      name: 'EVENT_LAKE_RETENTION_DAYS',
      default: '0',
      range: '0 to 36500',
      description: 'for how many days after their arrival; 0 is for ever',
    },
    { name: 'CLICKHOUSE_URL', description: 'where ClickHouse is' },
    { name: 'CLICKHOUSE_USER', default: 'default', description: 'who we are there' },
    { name: 'CLICKHOUSE_PASSWORD', secret: true, description: 'and the password' },
    {
      name: 'CLICKHOUSE_CA_FILE',
      description: 'PEM file of the authorities that its certificate is checked against; those of the system where nothing is said',
    },
    {
      name: 'CLICKHOUSE_ALLOW_PLAINTEXT',
      default: '0',
      range: '0, 1',
      description: 'with 1, it may be spoken to without TLS; 1 in development',
    },
    { name: 'GCP_PROJECT_ID', description: 'project of BigQuery' },
    { name: 'GCP_BIGQUERY_LOCATION', default: 'EU', description: 'where datasets are made' },
    { name: 'GCP_BIGQUERY_KMS_KEY', description: 'key of Cloud KMS that new datasets are encrypted with' },
    {
      name: 'GCP_BIGQUERY_WRITER',
      default: 'storage-write',
      range: 'storage-write, insert-all',
      description: 'how events are written',
    },
    {
      name: 'GCP_BIGQUERY_MAX_GIGABYTES_BILLED',
      default: '100',
      range: '1 to 1000000',
      description: 'the most that one query may read',
    },
    { name: 'GCP_BIGQUERY_ENDPOINT', description: "another address of its REST API than Google's own" },
    { name: 'GCP_BIGQUERY_STORAGE_ENDPOINT', description: 'and of its Storage Write API' },
  ]),
  ...grouped('Pub/Sub', [
    {
      name: 'GCP_PUBSUB_PROJECT',
      description: 'project of the Pub/Sub that alerts are published to and that events come from',
      guide: 'pubsub.md',
    },
    { name: 'GCP_PUBSUB_ENDPOINT', description: "another address than Google's own" },
    {
      name: 'GCP_PUBSUB_PUBLISH_ALERTS',
      default: 'true',
      range: 'true, false',
      description: "whether alerts go to their tenants' topics",
    },
    { name: 'GCP_PUBSUB_CREATE_TOPICS', default: 'false', range: 'true, false', description: 'whether topics that are missing are made' },
    { name: 'GCP_PUBSUB_SUBSCRIPTIONS_FILE', description: 'the subscriptions that bring events, and whose they are' },
  ]),
];
