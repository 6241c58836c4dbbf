import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Config } from '../config/config.js';
import { EnvironmentError, type Environment } from '../config/variable-reader.js';
import { readRedisTarget } from '../redis/redis-settings.js';
import { OutboundPolicies } from '../resilience/outbound-policies.js';
import { aloneInDataDirectory } from '../storage/process-lock.js';
import type { PostgresUrls } from '../storage/postgres/open-postgres.js';
import { readPostgresUrls } from '../storage/postgres/postgres-settings.js';
import { writeDurably } from '../storage/write-durably.js';
import { EnvironmentSecretSource } from './environment-secret-source.js';
import { FileSecretSource } from './file-secret-source.js';
import { otlpHeadersFault } from './otlp-headers.js';
import { SecretChain } from './secret-chain.js';
import { SecretKeeper } from './secret-keeper.js';
import { secretManagerClient } from './secret-manager-client.js';
import { SecretManagerSource } from './secret-manager-source.js';
import { SecretRing } from './secret-ring.js';
import { type SecretSource, SecretSourceError, UnfitSecret } from './secret-source.js';
import { OPTIONAL_SECRETS, REQUIRED_SECRETS, type SecretName } from './secret-names.js';
import type { Secrets } from './secrets.js';

const REDIS_URL = 'REDIS_URL';
const SENTINEL_PASSWORD = 'REDIS_SENTINEL_PASSWORD';
const DATABASE_URL = 'DATABASE_URL';
const DATABASE_MIGRATION_URL = 'DATABASE_MIGRATION_URL';
const CLICKHOUSE_PASSWORD = 'CLICKHOUSE_PASSWORD';
const OTLP_HEADERS = 'OTEL_EXPORTER_OTLP_HEADERS';

/** The sources of secrets, in order: Secret Manager where a project is set, the environment, the file. */
export function secretChain(config: Config, env: Environment, policies = new OutboundPolicies(config.resilience)): SecretChain {
  const { manager, file } = config.secrets;
  const sources: SecretSource[] = [new EnvironmentSecretSource(env), new FileSecretSource(file, config.environment === 'production')];
  if (manager) sources.unshift(new SecretManagerSource(manager, () => secretManagerClient(manager.endpoint), policies));
  return new SecretChain(sources);
}

/**
 * Finds the app's secrets. Development makes missing ones on first start and keeps them in the secrets file; elsewhere a missing, short or
 * default-looking secret stops the start.
 * @throws EnvironmentError naming every variable at fault, never a value.
 */
export async function loadSecrets(config: Config, env: Environment): Promise<Secrets> {
  const { file, manager, activationSeconds } = config.secrets;
  if (config.environment === 'development' && !manager) await makeDevelopmentSecrets(config.dataDir, file);
  const policies = new OutboundPolicies(config.resilience);
  const keeper = new SecretKeeper(secretChain(config, env, policies), activationSeconds * 1_000);
  const loading = new Loading(keeper);
  const [
    jwtSecret,
    serviceKey,
    apiKeyPepper,
    metricsToken,
    dataEncryptionKey,
    url,
    sentinelPassword,
    otlpHeaders,
    clickHousePassword,
    postgres,
  ] = await Promise.all([
    loading.required(REQUIRED_SECRETS.jwtSecret),
    loading.required(REQUIRED_SECRETS.serviceKey),
    loading.required(REQUIRED_SECRETS.apiKeyPepper),
    loading.optional(OPTIONAL_SECRETS.metricsToken),
    loading.optional(OPTIONAL_SECRETS.dataEncryptionKey),
    loading.text(REDIS_URL, () => undefined),
    loading.text(SENTINEL_PASSWORD, () => undefined),
    loading.text(OTLP_HEADERS, (text) => otlpHeadersFault(text, config.tracing.endpoint, config.environment === 'production')),
    loading.text(CLICKHOUSE_PASSWORD, () => undefined),
    loadPostgres(config, loading),
  ]);
  const redis = readRedisTarget({ ...config.redis, url, sentinelPassword });
  for (const [name, reason] of redis.faults) loading.refuse(name, reason);
  const faults = loading.allFaults();
  if (faults.length === 0)
    return {
      jwtSecret,
      serviceKey,
      apiKeyPepper,
      metricsToken,
      dataEncryptionKey,
      redis: redis.target,
      postgres,
      otlpHeaders,
      clickHousePassword,
      keeper,
      policies,
    };
  await keeper.close();
  throw new EnvironmentError(faults);
}

/**
 * Finds where PostgreSQL is, for commands that need no other secret; null where the databases are files.
 * @throws EnvironmentError
 */
export async function findPostgres(config: Config, env: Environment): Promise<PostgresUrls | null> {
  const keeper = new SecretKeeper(secretChain(config, env), 0);
  try {
    const loading = new Loading(keeper);
    const postgres = await loadPostgres(config, loading);
    const faults = loading.allFaults();
    if (faults.length > 0) throw new EnvironmentError(faults);
    return postgres;
  } finally {
    await keeper.close();
  }
}

async function loadPostgres(config: Config, loading: Loading): Promise<PostgresUrls | null> {
  const [app, owner] = await Promise.all([DATABASE_URL, DATABASE_MIGRATION_URL].map((name) => loading.text(name, () => undefined)));
  const { urls, faults } = readPostgresUrls({
    app: app ?? null,
    owner: owner ?? null,
    ...config.database,
    hasEvents: config.events.store === 'postgres',
  });
  for (const [name, reason] of faults) loading.refuse(name, reason);
  return urls;
}

/** Reads secrets and gathers what is wrong with them. */
class Loading {
  private readonly faults = new Map<string, string>();
  private readonly rings = new Map<string, SecretRing>();

  constructor(private readonly keeper: SecretKeeper) {}

  async required(name: SecretName): Promise<SecretRing> {
    const ring = await this.optional(name);
    if (!ring && !this.faults.has(name)) this.faults.set(name, 'is missing');
    return ring ?? SecretRing.of(Buffer.alloc(0));
  }

  async optional(name: SecretName): Promise<SecretRing | null> {
    const ring = await this.attempt(name, () => this.keeper.load(name, Date.now()));
    if (ring) this.rings.set(name, ring);
    return ring ?? null;
  }

  /** A secret without versions. @param fault says why a value cannot be used, without the value. */
  async text(name: string, fault: (value: string) => string | undefined): Promise<string | null> {
    const found = await this.attempt(name, () => this.keeper.chain.find(name));
    const value = found?.versions.find(({ bytes }) => bytes)?.bytes?.toString();
    const reason = value === undefined ? undefined : fault(value);
    if (reason !== undefined) this.faults.set(name, reason);
    return value ?? null;
  }

  /** Notes what is wrong with a variable; what was noted of it first stays. */
  refuse(name: string, reason: string): void {
    if (!this.faults.has(name)) this.faults.set(name, reason);
  }

  /** Every fault, and secrets that have a value in common: one that leaks would open what the other guards. */
  allFaults(): readonly string[] {
    const names = [...this.rings.keys()];
    const shared = names.flatMap((name, at) =>
      names.slice(at + 1).flatMap((other) => (this.haveOneInCommon(name, other) ? [`${other} has the same value as ${name}`] : [])),
    );
    return [...[...this.faults].map(([name, fault]) => `${name} ${fault}`), ...shared];
  }

  private haveOneInCommon(a: string, b: string): boolean {
    const others = this.rings.get(b)?.live ?? [];
    return (this.rings.get(a)?.live ?? []).some((version) => others.some(({ bytes }) => bytes.equals(version.bytes)));
  }

  private async attempt<T>(name: string, work: () => Promise<T | undefined>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof SecretSourceError)) throw error;
      this.faults.set(name, error instanceof UnfitSecret ? error.message : `cannot be read: ${error.message}`);
      return undefined;
    }
  }
}

/** Makes the file, once, however many processes start. */
async function makeDevelopmentSecrets(dataDir: string, file: string): Promise<void> {
  if (existsSync(file)) return;
  await aloneInDataDirectory(dataDir, () => {
    if (existsSync(file)) return;
    const names = [...Object.values(REQUIRED_SECRETS), OPTIONAL_SECRETS.dataEncryptionKey];
    const made = Object.fromEntries(names.map((name) => [name, randomBytes(48).toString('hex')]));
    writeDurably(file, `${JSON.stringify(made, null, 2)}\n`);
  });
}
