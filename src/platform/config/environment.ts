import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LOG_LEVELS, TOKEN_ALGORITHMS, type Config, type LogLevel } from './config.js';
import { SERVICES } from '../service-auth/service-name.js';
import { RETENTION_MONTHS } from '../tenancy/tenant.js';
import { readLakeConfig } from './lake-environment.js';
import { readPubSubConfig } from './pubsub-environment.js';
import { readRedisConfig } from './redis-environment.js';
import { readRoles } from './roles-environment.js';
import { readResilience } from './resilience-environment.js';
import { readTracingConfig } from './tracing-environment.js';
import { readSecretsConfig } from './secrets-environment.js';
import { VariableReader, type Environment } from './variable-reader.js';

/** The process's environment variables; the only place that reads them. */
export function processEnvironment(): Environment {
  return process.env;
}

const root = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * Reads the configuration.
 * @throws EnvironmentError listing every variable that cannot be used.
 */
export function readConfig(env: Environment): Config {
  const reader = new VariableReader(env);
  const environment = reader.oneOf('ENVIRONMENT', ['development', 'production'] as const, 'production');
  const dataDir = resolve(reader.text('GATRA_DATA_DIR', './.gatra'));
  const host = reader.text('HOST', environment === 'development' ? '127.0.0.1' : '0.0.0.0');
  const config: Config = {
    environment,
    http: {
      host,
      port: reader.integer('PORT', 8080, 0, 65_535),
      corsOrigins: reader.origins('CORS_ORIGINS'),
      trustedProxies: reader.blocks('TRUSTED_PROXIES'),
      connectionsPerAddress: reader.integer('MAX_CONNECTIONS_PER_ADDRESS', 1_000, 1, 10_000),
      tls: readTls(reader),
    },
    dataDir,
    tenantsFile: resolve(reader.text('GATRA_CONFIG', resolve(root, 'config/gatra_multitenant_config.json'))),
    rules: reader.list('GATRA_RULES').map((path) => resolve(path)),
    starterRules: resolve(root, 'config/rules'),
    filters: reader.file('GATRA_FILTERS'),
    placeholders: reader.file('GATRA_PLACEHOLDERS'),
    liveness: { everySeconds: reader.integer('RULE_LIVENESS_SECONDS', 900, 0, 86_400) },
    playbooks: resolve(reader.text('GATRA_PLAYBOOKS', resolve(root, 'config/playbooks'))),
    log: {
      level: reader.oneOf('LOG_LEVEL', LOG_LEVELS, 'info') satisfies LogLevel,
      format: reader.oneOf('LOG_FORMAT', ['json', 'text'] as const, 'json'),
    },
    ingest: {
      maxEvents: reader.integer('INGEST_MAX_EVENTS', 5_000, 1, 100_000),
      maxBytes: reader.integer('INGEST_MAX_BYTES', 10 * 1024 * 1024, 1024, 256 * 1024 * 1024),
      detectionCacheBytes: reader.integer('DETECTION_CACHE_BYTES', 32 * 1024 * 1024, 0, 1024 ** 3),
      workers: reader.integer('INGEST_WORKERS', Math.max(1, Math.min(8, availableParallelism() - 1)), 1, 64),
    },
    events: { store: reader.oneOf('EVENT_STORE', ['files', 'postgres'] as const, 'files') },
    database: {
      allowPlaintext: reader.oneOf('DATABASE_ALLOW_PLAINTEXT', ['0', '1'] as const, environment === 'development' ? '1' : '0') === '1',
    },
    redis: readRedisConfig(reader, environment),
    rateLimits: {
      instances: reader.integer('RATE_LIMIT_INSTANCES', 1, 1, 1_000),
      addressPerMinute: reader.integer('THROTTLE_ADDRESS_PER_MINUTE', 120_000, 1, 60_000_000),
      credentialPerMinute: reader.integer('THROTTLE_CREDENTIAL_PER_MINUTE', 60_000, 1, 60_000_000),
    },
    ...readRoles(reader),
    outbound: { allow: reader.allowance('OUTBOUND_ALLOW') },
    intel: {
      feeds: reader.list('GATRA_INTEL_FEEDS'),
      feedsFile: reader.file('INTEL_FEEDS_FILE'),
      refreshSeconds: reader.integer('INTEL_REFRESH_SECONDS', 3_600, 1, 604_800),
      allowLists: reader.list('INTEL_ALLOW_LISTS'),
      leastConfidence: reader.integer('INTEL_MIN_CONFIDENCE', 0, 0, 100) / 100,
      retro: readRetro(reader),
    },
    attack: { bundleFile: reader.file('ATTACK_BUNDLE_FILE') },
    tokens: {
      algorithm: reader.oneOf('JWT_ALGORITHM', TOKEN_ALGORITHMS, 'EdDSA'),
      oidcIssuersFile: reader.file('OIDC_ISSUERS_FILE'),
    },
    caps: readCaps(reader),
    streams: { most: reader.integer('MAX_STREAMS', 1_000, 1, 10_000) },
    retention: { eventMonths: readRetentionMonths(reader) },
    lake: readLakeConfig(reader, environment),
    approvals: {
      expirySeconds: reader.integer('APPROVAL_EXPIRY_SECONDS', 86_400, 1, 2_592_000),
      quorums: { medium: reader.integer('APPROVALS_MEDIUM_RISK', 1, 1, 5), high: reader.integer('APPROVALS_HIGH_RISK', 1, 1, 5) },
    },
    apiKeys: { maxDays: reader.integer('API_KEY_MAX_DAYS', 365, 1, 3_650) },
    auth: {
      failureLimit: reader.integer('AUTH_FAILURE_LIMIT', 15, 1, 1_000_000),
      revocationPollSeconds: reader.integer('REVOCATION_POLL_SECONDS', 15, 1, 30),
    },
    service: {
      name: reader.oneOf('GATRA_SERVICE_NAME', SERVICES, 'mssp'),
      senders: reader.someOf('GATRA_SERVICE_SENDERS', SERVICES),
      skewSeconds: reader.integer('SERVICE_CLOCK_SKEW_SECONDS', 60, 1, 300),
    },
    audit: { verifyHours: reader.integer('AUDIT_VERIFY_HOURS', 24, 0, 168) },
    storage: { reserveBytes: reader.integer('GATRA_DISK_RESERVE_BYTES', 16 * 1024 * 1024, 0, 1024 ** 4) },
    drain: readDrain(reader, environment),
    shedding: {
      loopDelayMs: reader.integer('SHED_LOOP_DELAY_MS', 60, 10, 10_000),
      queueDelayMs: reader.integer('SHED_QUEUE_DELAY_MS', 2_000, 100, 60_000),
    },
    secrets: readSecretsConfig(reader, environment, dataDir),
    pubsub: readPubSubConfig(reader, environment),
    tracing: readTracingConfig(reader, environment),
    resilience: readResilience(reader),
    metrics: {
      mostTenants: reader.integer('METRICS_MOST_TENANTS', 200, 0, 10_000),
      port: reader.has('METRICS_PORT') ? reader.integer('METRICS_PORT', 0, 0, 65_535) : null,
      host: reader.text('METRICS_HOST', host),
    },
    build: { commit: reader.pattern('GATRA_COMMIT', /^[0-9a-f]{7,64}$/, 'a commit in hexadecimal digits') || null },
  };
  reader.finish();
  return config;
}

function readCaps(reader: VariableReader): Config['caps'] {
  return {
    storageBytes: reader.integer('TENANT_MAX_STORAGE_BYTES', 1024 ** 4, 1024 ** 2, Number.MAX_SAFE_INTEGER),
    apiKeys: reader.integer('TENANT_MAX_API_KEYS', 1_000, 1, 1_000_000),
    indicators: reader.integer('TENANT_MAX_INDICATORS', 200_000, 1, 10_000_000),
    ruleFilters: reader.integer('TENANT_MAX_RULE_FILTERS', 100, 1, 1_000),
    pendingApprovals: reader.integer('TENANT_MAX_PENDING_APPROVALS', 1_000, 1, 1_000_000),
    deadLetters: reader.integer('TENANT_MAX_DEAD_LETTERS', 10_000, 1, 1_000_000),
    searches: reader.integer('TENANT_MAX_SEARCHES', 8, 1, 1_000),
    streams: reader.integer('TENANT_MAX_STREAMS', 100, 1, 10_000),
  };
}

function readRetentionMonths(reader: VariableReader): number | null {
  const { least, most } = RETENTION_MONTHS;
  const months = reader.integer('EVENT_RETENTION_MONTHS', 0, 0, most);
  if (months > 0 && months < least) reader.refuse(`EVENT_RETENTION_MONTHS must be 0, for all, or from ${least} to ${most}`);
  return months === 0 ? null : months;
}

function readDrain(reader: VariableReader, environment: Config['environment']): Config['drain'] {
  const graceSeconds = reader.integer('SHUTDOWN_GRACE_SECONDS', 30, 1, 600);
  const usual = environment === 'development' ? 0 : Math.min(5, Math.floor(graceSeconds / 3));
  const delaySeconds = reader.integer('SHUTDOWN_DELAY_SECONDS', usual, 0, 599);
  if (delaySeconds >= graceSeconds) reader.refuse('SHUTDOWN_DELAY_SECONDS must be less than SHUTDOWN_GRACE_SECONDS');
  return { delaySeconds, graceSeconds };
}

function readTls(reader: VariableReader): Config['http']['tls'] {
  const [certFile, keyFile] = reader.both('TLS_CERT_FILE', 'TLS_KEY_FILE');
  return certFile && keyFile ? { certFile: resolve(certFile), keyFile: resolve(keyFile) } : null;
}

function readRetro(reader: VariableReader): Config['intel']['retro'] {
  const days = reader.integer('RETRO_MATCH_DAYS', 30, 0, 366);
  const delayMs = reader.integer('RETRO_MATCH_DELAY_SECONDS', 30, 0, 86_400) * 1_000;
  return days === 0 ? null : { lookBackMs: days * 86_400_000, delayMs };
}
