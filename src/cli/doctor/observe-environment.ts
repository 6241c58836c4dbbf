import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { databaseSteps } from '../../database-steps.js';
import { MANIFEST_FILE, readManifest } from '../../platform/backup/backup-manifest.js';
import type { Config } from '../../platform/config/config.js';
import { readConfig } from '../../platform/config/environment.js';
import { EnvironmentError, type Environment } from '../../platform/config/variable-reader.js';
import { isLoopbackHost } from '../../platform/secrets/loopback-host.js';
import { loadSecrets } from '../../platform/secrets/load-secrets.js';
import type { Secrets } from '../../platform/secrets/secrets.js';
import { openPostgres } from '../../platform/storage/postgres/open-postgres.js';
import { BOOTSTRAP_FILE } from '../../platform/tenancy/bootstrap.js';
import { secretsThatAreSet } from '../../platform/operations/secrets-that-are-set.js';
import { verifyLogs } from '../audit/verify-logs.js';
import type { Seen } from './rules/check.js';
import type { EnvironmentFacts } from './rules/environment-rules.js';
import type { Settings } from './rules/settings-rules.js';
import { see } from './see.js';
import { unreadNames } from './unread-names.js';

const OTHERS = 0o077;
const UNUSABLE = { trouble: 'the environment cannot be used: see what is at fault' } as const;

/** What an environment says, and what is behind it. */
export interface SeenEnvironment {
  readonly facts: EnvironmentFacts;
  readonly settings: Seen<Settings>;
}

/** Reads an environment as a start would, and looks at what it names; changes nothing. @param backups directory of backups, or of one */
export async function observeEnvironment(env: Environment, backups: string | undefined): Promise<SeenEnvironment> {
  const { config, secrets, faults } = await readAll(env);
  const facts: EnvironmentFacts = {
    faults,
    unread: unreadNames(Object.keys(env)),
    node: nodeFaults(env),
    files: await seeOf(config, fileFaults),
    redis: await seeOf(secrets, redisOf),
    role: await seeOf(secrets, roleFault),
    audit: await seeOf(secrets && config, ({ dataDir }) => auditOf(dataDir)),
    backup: backups === undefined ? { trouble: '--backups does not say where backups are' } : await see(() => newestBackup(backups)),
    now: Date.now(),
  };
  await secrets?.keeper.close();
  const names = secrets ? secretsThatAreSet(secrets).flatMap(([name, isSet]) => (isSet ? [name] : [])) : [];
  return { facts, settings: await seeOf(faults.length === 0 ? config : undefined, (usable) => ({ config: usable, secrets: names })) };
}

interface ReadEnvironment {
  readonly config?: Config;
  readonly secrets?: Secrets;
  readonly faults: readonly string[];
}

/** The configuration, and the secrets but in development, where a start would make them. */
async function readAll(env: Environment): Promise<ReadEnvironment> {
  const read = await attempt(() => readConfig(env));
  if ('faults' in read) return read;
  const config = read.value;
  if (config.environment === 'development') return { config, faults: [] };
  const loaded = await attempt(() => loadSecrets(config, env));
  return 'faults' in loaded ? { config, ...loaded } : { config, secrets: loaded.value, faults: [] };
}

/** Looks at what there may not be. */
function seeOf<T, R>(thing: T | undefined, look: (thing: T) => R | Promise<R>): Promise<Seen<R>> {
  return thing === undefined ? Promise.resolve(UNUSABLE) : see(() => look(thing));
}

async function attempt<T>(work: () => T | Promise<T>): Promise<{ readonly value: T } | { readonly faults: readonly string[] }> {
  try {
    return { value: await work() };
  } catch (error) {
    if (error instanceof EnvironmentError) return { faults: error.faults };
    throw error;
  }
}

function nodeFaults(env: Environment): readonly string[] {
  const mode = env['NODE_ENV'];
  return [
    ...(mode === undefined || mode === '' || mode === 'production' ? [] : ['NODE_ENV is not production']),
    ...(env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0' ? ['NODE_TLS_REJECT_UNAUTHORIZED is 0: certificates are not checked'] : []),
    ...(/--inspect/.test(env['NODE_OPTIONS'] ?? '') ? ['NODE_OPTIONS opens the debugger'] : []),
  ];
}

function fileFaults({ dataDir, secrets, environment }: Config): readonly string[] {
  const open = (path: string): boolean => existsSync(path) && (statSync(path).mode & OTHERS) !== 0;
  const isLeft = environment === 'production' && existsSync(join(dataDir, BOOTSTRAP_FILE));
  return [
    ...(open(dataDir) ? ['others may look into GATRA_DATA_DIR'] : []),
    ...(open(secrets.file) ? ['others may read the file of GATRA_SECRETS_FILE'] : []),
    ...(isLeft ? [`${BOOTSTRAP_FILE} still lies in GATRA_DATA_DIR: hand out the first credentials, and remove it`] : []),
  ];
}

function redisOf({ redis }: Secrets): { hasPassword: boolean; isSafe: boolean } | null {
  if (redis === null) return null;
  const isHere = redis.nodes.every(({ host }) => isLoopbackHost({ hostname: host.includes(':') ? `[${host}]` : host }));
  return { hasPassword: redis.password !== undefined, isSafe: redis.tls !== null || (redis.kind === 'server' && isHere) };
}

async function roleFault({ postgres }: Secrets): Promise<string | null | undefined> {
  if (postgres === null) return undefined;
  try {
    const databases = await openPostgres({ app: postgres.app, owner: null }, databaseSteps);
    await databases.close();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

async function auditOf(dataDir: string): Promise<readonly { log: string; records: number; fault?: string }[]> {
  const results = await verifyLogs(dataDir);
  if (results.length === 0) throw new Error('there is no audit log in GATRA_DATA_DIR yet');
  return results.map(({ log, file, records, fault }) => ({
    log: log || file,
    records,
    ...(fault === undefined ? {} : { fault: `record ${fault.index} ${fault.reason}` }),
  }));
}

/** When the newest finished backup in a directory was finished; the directory may be one itself. */
function newestBackup(directory: string): number | null {
  const candidates = [
    directory,
    ...readdirSync(directory, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [join(directory, entry.name)] : [])),
  ];
  const times = candidates
    .filter((path) => existsSync(join(path, MANIFEST_FILE)))
    .map((path) => Date.parse(readManifest(path).finished_at));
  return times.length === 0 ? null : Math.max(...times);
}
