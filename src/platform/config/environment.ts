import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseIpBlock } from '../../events/ip-block.js';
import { isAllowanceEntry } from '../outbound/allowance.js';
import { LOG_LEVELS, type Config, type LogLevel, type SecretManagerEndpoint } from './config.js';

/** What is wrong with the environment: every bad variable at once. Names variables, never values. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
  constructor(readonly faults: readonly string[]) {
    super(`The environment is not usable:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
}

/** The process's environment variables; the only place that reads them. */
export function processEnvironment(): Environment {
  return process.env;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const root = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * Reads the configuration.
 * @throws EnvironmentError listing every variable that cannot be used.
 */
export function readConfig(env: Environment): Config {
  const reader = new Reader(env);
  const environment = reader.oneOf('ENVIRONMENT', ['development', 'production'] as const, 'production');
  const dataDir = resolve(reader.text('GATRA_DATA_DIR', './.gatra'));
  const config: Config = {
    environment,
    http: {
      host: reader.text('HOST', environment === 'development' ? '127.0.0.1' : '0.0.0.0'),
      port: reader.integer('PORT', 8080, 0, 65_535),
      corsOrigins: reader.list('CORS_ORIGINS'),
      trustedProxies: reader.blocks('TRUSTED_PROXIES'),
    },
    dataDir,
    tenantsFile: resolve(reader.text('GATRA_CONFIG', resolve(root, 'config/gatra_multitenant_config.json'))),
    rules: reader.list('GATRA_RULES').map((path) => resolve(path)),
    starterRules: resolve(root, 'config/rules'),
    playbooks: resolve(reader.text('GATRA_PLAYBOOKS', resolve(root, 'config/playbooks'))),
    log: {
      level: reader.oneOf('LOG_LEVEL', LOG_LEVELS, 'info') satisfies LogLevel,
      format: reader.oneOf('LOG_FORMAT', ['json', 'text'] as const, 'json'),
    },
    ingest: {
      maxEvents: reader.integer('INGEST_MAX_EVENTS', 5_000, 1, 100_000),
      maxBytes: reader.integer('INGEST_MAX_BYTES', 10 * 1024 * 1024, 1024, 256 * 1024 * 1024),
      workers: reader.integer('INGEST_WORKERS', Math.max(1, Math.min(8, availableParallelism() - 1)), 1, 64),
    },
    rateLimits: {
      instances: reader.integer('RATE_LIMIT_INSTANCES', 1, 1, 1_000),
      addressPerMinute: reader.integer('THROTTLE_ADDRESS_PER_MINUTE', 120_000, 1, 60_000_000),
      credentialPerMinute: reader.integer('THROTTLE_CREDENTIAL_PER_MINUTE', 60_000, 1, 60_000_000),
    },
    outbound: { allow: reader.allowance('OUTBOUND_ALLOW') },
    intel: { feeds: reader.list('GATRA_INTEL_FEEDS'), refreshSeconds: reader.integer('INTEL_REFRESH_SECONDS', 3_600, 1, 604_800) },
    approvals: { expirySeconds: reader.integer('APPROVAL_EXPIRY_SECONDS', 86_400, 1, 2_592_000) },
    drain: { graceSeconds: reader.integer('SHUTDOWN_GRACE_SECONDS', 30, 1, 600) },
    secrets: readSecretsConfig(reader, environment, dataDir),
    metrics: { tokenConfigured: env['METRICS_TOKEN'] !== undefined },
  };
  reader.finish();
  return config;
}

const MANAGER_REFRESH_SECONDS = 60;
const FILE_REFRESH_SECONDS = 2;
/** What reading and clocks may differ by, over instances. */
const MARGIN_SECONDS = 5;

function readSecretsConfig(reader: Reader, environment: Config['environment'], dataDir: string): Config['secrets'] {
  const project = reader.pattern('GCP_SECRET_MANAGER_PROJECT', /^[a-z0-9:.-]{1,63}$/, 'the id of a project');
  const prefix = reader.pattern('GCP_SECRET_MANAGER_PREFIX', /^[A-Za-z0-9_-]{1,200}$/, 'letters, digits, _ and -');
  const endpoint = readEndpoint(reader, environment);
  const refreshSeconds = reader.integer('SECRETS_REFRESH_SECONDS', project ? MANAGER_REFRESH_SECONDS : FILE_REFRESH_SECONDS, 1, 3_600);
  return {
    file: resolve(reader.text('GATRA_SECRETS_FILE', resolve(dataDir, 'secrets.json'))),
    refreshSeconds,
    activationSeconds: reader.integer('SECRETS_ACTIVATION_SECONDS', 2 * refreshSeconds + MARGIN_SECONDS, refreshSeconds + 1, 86_400),
    rotationDays: reader.integer('SECRETS_ROTATION_DAYS', 0, 0, 3_650),
    manager: project === '' ? null : { project, prefix, endpoint },
  };
}

/** An override takes the place of Google's own address, and where it is plain, of its authentication: in production it must be meant. */
function readEndpoint(reader: Reader, environment: Config['environment']): SecretManagerEndpoint | null {
  const name = 'GCP_SECRET_MANAGER_ENDPOINT';
  const allowed = reader.oneOf('GCP_ALLOW_ENDPOINT_OVERRIDE', ['true', 'false'] as const, 'false') === 'true';
  const text = reader.text(name, '');
  if (text === '') return null;
  const url = URL.parse(text);
  const plain = url?.protocol === 'http:';
  if (!url || (!plain && url.protocol !== 'https:')) reader.refuse(`${name} must be an http or https URL`);
  else if (environment === 'production' && !allowed) {
    reader.refuse(`${name} is refused in production, unless GCP_ALLOW_ENDPOINT_OVERRIDE is true`);
  } else if (environment === 'production' && plain) reader.refuse(`${name} must be an https URL in production`);
  else return { host: url.hostname, port: Number(url.port || (plain ? 80 : 443)), plain };
  return null;
}

class Reader {
  private readonly faults: string[] = [];

  constructor(private readonly env: Environment) {}

  text(name: string, fallback: string): string {
    return this.env[name] || fallback;
  }

  list(name: string): readonly string[] {
    return (this.env[name] ?? '')
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  }

  /** Address blocks (CIDR) or single addresses. */
  blocks(name: string): readonly string[] {
    const texts = this.list(name);
    if (texts.some((text) => parseIpBlock(text) === undefined)) this.faults.push(`${name} must list address blocks (CIDR): 10.0.0.0/8`);
    return texts;
  }

  /** A text of a form, or nothing. */
  pattern(name: string, form: RegExp, means: string): string {
    const text = this.text(name, '');
    if (text === '' || form.test(text)) return text;
    this.faults.push(`${name} must be ${means}`);
    return '';
  }

  refuse(fault: string): void {
    this.faults.push(fault);
  }

  /** Address blocks (CIDR), addresses and host names. */
  allowance(name: string): readonly string[] {
    const entries = this.list(name);
    if (!entries.every(isAllowanceEntry)) this.faults.push(`${name} must list address blocks (CIDR) and host names`);
    return entries;
  }

  integer(name: string, fallback: number, least: number, most: number): number {
    const text = this.env[name];
    if (text === undefined || text === '') return fallback;
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    this.faults.push(`${name} must be a whole number from ${least} to ${most}`);
    return fallback;
  }

  oneOf<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const text = this.env[name];
    if (text === undefined || text === '') return fallback;
    const choice = choices.find((candidate) => candidate === text);
    if (choice) return choice;
    this.faults.push(`${name} must be one of ${choices.join(', ')}`);
    return fallback;
  }

  finish(): void {
    if (this.faults.length > 0) throw new EnvironmentError(this.faults);
  }
}
