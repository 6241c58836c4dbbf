import { isInBlock, parseIpBlock } from '../../../events/ip-block.js';
import type { Config } from '../../../platform/config/config.js';
import { fail, pass, unknown, unless, type Rule, type Seen, whenSeen } from './check.js';
import { isPlainElsewhere } from './plain-elsewhere.js';

/** The settings in force, and the names of the secrets that are set. */
export interface Settings {
  readonly config: Config;
  readonly secrets: readonly string[];
}

const MOST_FAILURES = 50;
const MOST_KEY_DAYS = 365;
const MOST_FROM_ADDRESS = 1_200_000;
const MOST_WITH_CREDENTIAL = 600_000;
const QUARTER_DAYS = 92;
/** Blocks with fewer bits than these hold more than one organisation owns. */
const LEAST_BITS = 8;
const METADATA_SERVICE = '169.254.169.254';

/** What is weak or contradicts itself in the settings, by the names of the variables. */
export const SETTINGS_RULES: readonly Rule<Seen<Settings>>[] = [
  rule('environment', 'The app runs as in production', ['scan'], ({ config }) =>
    config.environment === 'production'
      ? pass('ENVIRONMENT is production')
      : fail('ENVIRONMENT is development: secrets and first credentials are made up at start'),
  ),
  rule('log-level', 'The log says neither too much nor nothing', ['logs'], ({ config: { log } }) =>
    /^(debug|trace|silent)$/.test(log.level) ? fail(`LOG_LEVEL is ${log.level}`) : pass(`LOG_LEVEL is ${log.level}`),
  ),
  rule('log-format', 'Logs are structured', ['logs'], ({ config: { log } }) =>
    log.format === 'json' ? pass('LOG_FORMAT is json') : fail('LOG_FORMAT is text, which collectors cannot read'),
  ),
  rule('tls', 'Somebody ends TLS', ['tls'], ({ config: { http } }) =>
    http.tls !== null || http.trustedProxies.length > 0
      ? pass(http.tls === null ? 'TRUSTED_PROXIES names who does' : 'the app itself, with TLS_CERT_FILE')
      : fail('neither TLS_CERT_FILE is set, nor a proxy named in TRUSTED_PROXIES'),
  ),
  rule('plaintext', 'Stores are spoken to over TLS', ['tls'], ({ config }) => unless(plainStores(config), 'no variable allows otherwise')),
  rule('proxies', 'Not everybody is believed to be a proxy', ['scan'], ({ config: { http } }) =>
    http.trustedProxies.some(isWide) ? fail('TRUSTED_PROXIES holds a block that is too wide') : pass('TRUSTED_PROXIES is narrow'),
  ),
  rule('cors', 'Browsers come from few places, over TLS', ['scan'], ({ config: { http } }) => {
    const plain = http.corsOrigins.filter((origin) => origin.includes('*') || isPlainElsewhere(origin));
    return plain.length === 0
      ? pass(`CORS_ORIGINS lists ${http.corsOrigins.length}`)
      : fail('CORS_ORIGINS holds one without TLS, or a wildcard');
  }),
  rule('outbound', 'Webhooks cannot reach everything inside', ['scan'], ({ config: { outbound } }) =>
    outbound.allow.some(opensTooMuch)
      ? fail('OUTBOUND_ALLOW holds a block that is too wide, or the metadata service of the cloud')
      : pass('OUTBOUND_ALLOW is narrow'),
  ),
  rule('endpoints', "Google's services are at Google's own addresses", ['scan'], ({ config: { secrets, pubsub, lake } }) => {
    const bigquery = lake?.kind === 'bigquery' && lake.endpoint !== null ? ['GCP_BIGQUERY_ENDPOINT is set'] : [];
    const manager = secrets.manager?.endpoint ? ['GCP_SECRET_MANAGER_ENDPOINT is set'] : [];
    return unless([...manager, ...(pubsub?.endpoint ? ['GCP_PUBSUB_ENDPOINT is set'] : []), ...bigquery], 'none is overridden');
  }),
  rule('feeds', 'Indicators come over TLS', [], ({ config: { intel } }) =>
    intel.feeds.some(isPlainElsewhere)
      ? fail('GATRA_INTEL_FEEDS holds an http URL')
      : pass(`GATRA_INTEL_FEEDS lists ${intel.feeds.length}`),
  ),
  rule('guessing', 'Guessing credentials is bounded', ['rate-limiting'], ({ config: { auth } }) =>
    auth.failureLimit <= MOST_FAILURES
      ? pass(`AUTH_FAILURE_LIMIT is ${auth.failureLimit}`)
      : fail(`AUTH_FAILURE_LIMIT is above ${MOST_FAILURES}`),
  ),
  rule('requests', 'Requests are bounded', ['rate-limiting'], ({ config: { rateLimits } }) =>
    unless(
      [
        ...(rateLimits.addressPerMinute > MOST_FROM_ADDRESS ? [`THROTTLE_ADDRESS_PER_MINUTE is above ${MOST_FROM_ADDRESS}`] : []),
        ...(rateLimits.credentialPerMinute > MOST_WITH_CREDENTIAL
          ? [`THROTTLE_CREDENTIAL_PER_MINUTE is above ${MOST_WITH_CREDENTIAL}`]
          : []),
      ],
      `${rateLimits.addressPerMinute} a minute from one address, ${rateLimits.credentialPerMinute} with one credential`,
    ),
  ),
  rule('instances', 'Instances share their limits', ['rate-limiting'], ({ config: { rateLimits }, secrets }) =>
    rateLimits.instances > 1 && !secrets.includes('REDIS_URL')
      ? fail('RATE_LIMIT_INSTANCES is above 1 and REDIS_URL is not set: each instance would let in its share alone')
      : pass(secrets.includes('REDIS_URL') ? 'REDIS_URL is set' : 'one instance, which keeps its own'),
  ),
  rule('key-life', 'API keys end', ['rotation'], ({ config: { apiKeys } }) =>
    apiKeys.maxDays <= MOST_KEY_DAYS ? pass(`API_KEY_MAX_DAYS is ${apiKeys.maxDays}`) : fail(`API_KEY_MAX_DAYS is above ${MOST_KEY_DAYS}`),
  ),
  rule('secret-manager', 'Secrets come from Secret Manager', ['secret-manager'], ({ config: { secrets } }) =>
    secrets.manager === null
      ? unknown('GCP_SECRET_MANAGER_PROJECT is not set: who else reads the environment or the file cannot be seen from here')
      : pass('GCP_SECRET_MANAGER_PROJECT is set'),
  ),
  rule('rotation', 'Secrets are rotated each quarter', ['rotation'], ({ config: { secrets } }) => {
    if (secrets.rotationDays === 0) return unknown('SECRETS_ROTATION_DAYS is 0: whether somebody does by hand cannot be seen from here');
    return secrets.rotationDays <= QUARTER_DAYS
      ? pass('SECRETS_ROTATION_DAYS says so')
      : fail(`SECRETS_ROTATION_DAYS is above ${QUARTER_DAYS}`);
  }),
  rule('encryption', 'What tenants store is encrypted', [], ({ secrets }) =>
    secrets.includes('DATA_ENCRYPTION_KEY') ? pass('DATA_ENCRYPTION_KEY is set') : fail('DATA_ENCRYPTION_KEY is not set'),
  ),
  rule('metrics', 'Somebody can watch the metrics', ['limit-violations', 'circuit-events'], ({ config: { metrics }, secrets }) =>
    secrets.includes('METRICS_TOKEN') || metrics.port !== null
      ? pass(secrets.includes('METRICS_TOKEN') ? 'METRICS_TOKEN is set' : 'METRICS_PORT is set')
      : fail('neither METRICS_TOKEN nor METRICS_PORT is set: a scraper would need the credential of an operator'),
  ),
  rule('metrics-port', 'Metrics without a credential stay inside', ['scan'], ({ config: { metrics } }) => {
    if (metrics.port === null) return pass('METRICS_PORT is not set');
    return /^(0\.0\.0\.0|::)$/.test(metrics.host)
      ? unknown('METRICS_PORT is open to all who reach the machine, as METRICS_HOST is every address: see that nobody outside does')
      : pass('METRICS_HOST is one address');
  }),
  rule('shutdown', 'A stop lets balancers know, and requests end', ['shutdown'], ({ config: { drain } }) =>
    drain.delaySeconds === 0
      ? fail('SHUTDOWN_DELAY_SECONDS is 0: requests come until the very end')
      : pass(`${drain.delaySeconds} s, and ${drain.graceSeconds} s in all`),
  ),
  rule('reserve', 'Audit records find room on a full disk', [], ({ config: { storage } }) =>
    storage.reserveBytes === 0 ? fail('GATRA_DISK_RESERVE_BYTES is 0') : pass(`${storage.reserveBytes} bytes are kept`),
  ),
];

function rule(
  name: string,
  title: string,
  answers: Rule<unknown>['answers'],
  judge: (settings: Settings) => ReturnType<typeof pass>,
): Rule<Seen<Settings>> {
  return { id: `settings.${name}`, title, answers, judge: (seen) => whenSeen(seen, judge) };
}

function plainStores({ environment, database, redis, lake }: Config): readonly string[] {
  const allowed = environment === 'production' ? ' is 1' : ' is 1, as in development';
  return [
    ...(database.allowPlaintext ? [`DATABASE_ALLOW_PLAINTEXT${allowed}`] : []),
    ...(redis.allowPlaintext ? [`REDIS_ALLOW_PLAINTEXT${allowed}`] : []),
    ...(lake?.kind === 'clickhouse' && isPlainElsewhere(lake.url) ? ['CLICKHOUSE_URL is an http URL'] : []),
  ];
}

function isWide(text: string): boolean {
  const block = parseIpBlock(text);
  return block !== undefined && block.bits < LEAST_BITS;
}

function opensTooMuch(entry: string): boolean {
  const block = parseIpBlock(entry);
  const metadata = parseIpBlock(METADATA_SERVICE);
  return isWide(entry) || (block !== undefined && metadata !== undefined && isInBlock(block, metadata));
}
