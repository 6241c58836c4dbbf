import { grouped } from './variable.js';

/** Where everything is stored, and for how long. */
export const STORE_VARIABLES = [
  ...grouped('Files', [
    { name: 'GATRA_DATA_DIR', default: './.gatra', description: 'everything that is stored in files' },
    {
      name: 'GATRA_DISK_RESERVE_BYTES',
      default: '16777216',
      range: '0 to 1099511627776',
      description:
        'room kept for audit records, approvals and the queue when the disk is full; events are refused with 503 from there on, ' +
        'until there is room again; 0 keeps none',
    },
    {
      name: 'EVENT_RETENTION_MONTHS',
      default: '0',
      range: '0 to 1200',
      description:
        'whole months of events that are kept besides the present one, of tenants whose `retention.event_months` says nothing else: 3 at least; 0 keeps everything',
      guide: 'backup.md#how-long-events-are-kept',
    },
    {
      name: 'AUDIT_VERIFY_HOURS',
      default: '24',
      range: '0 to 168',
      description: 'hours between two checks of every audit log, from its first record to its last; 0 checks none',
      guide: 'runbook.md#auditlogbroken',
    },
  ]),
  ...grouped('PostgreSQL', [
    {
      name: 'DATABASE_URL',
      secret: true,
      description:
        'the PostgreSQL that cases, work, audit logs and keys are kept in, as a role that owns nothing; without it they are files in the data directory',
      guide: 'postgresql.md',
    },
    {
      name: 'DATABASE_MIGRATION_URL',
      secret: true,
      description: 'the same database as the role that owns the tables: each start brings them up to date',
      guide: 'postgresql.md',
    },
    {
      name: 'DATABASE_ALLOW_PLAINTEXT',
      default: '0',
      range: '0, 1',
      description:
        'with 1, a PostgreSQL on another machine may be spoken to without verified TLS; otherwise the start is refused; 1 in development',
    },
    {
      name: 'EVENT_STORE',
      default: 'files',
      range: 'files, postgres',
      description: 'where events are kept: in the data directory, or beside the cases, so that machines share nothing else',
      guide: 'postgresql.md#events-too',
    },
  ]),
  ...grouped('Redis', [
    {
      name: 'REDIS_URL',
      secret: true,
      description:
        'the Redis that instances share: rate limits, nonces, revocations. `redis://`, `redis+sentinel://` or `redis+cluster://`, ' +
        'with `rediss` for TLS; without it each process keeps its own',
      guide: 'redis.md',
    },
    {
      name: 'REDIS_CA_FILE',
      description: 'PEM file of the authorities that its certificates are checked against; those of the system where nothing is said',
    },
    { name: 'REDIS_SENTINEL_USERNAME', description: 'whom Sentinels are told that this is, where they know users' },
    { name: 'REDIS_SENTINEL_PASSWORD', secret: true, description: 'what the Sentinels ask for' },
    {
      name: 'REDIS_ALLOW_PLAINTEXT',
      default: '0',
      range: '0, 1',
      description: 'with 1, a Redis on another machine may be spoken to without TLS; otherwise the start is refused; 1 in development',
    },
  ]),
];
