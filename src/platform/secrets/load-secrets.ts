import { randomBytes } from 'node:crypto';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/config.js';
import { EnvironmentError, type Environment } from '../config/environment.js';
import { secretFault } from './check-secret.js';
import { EnvironmentSecretSource } from './environment-secret-source.js';
import { FileSecretSource } from './file-secret-source.js';
import { aloneInDataDirectory } from '../storage/process-lock.js';
import type { SecretSource } from './secret-source.js';
import { SecretRing } from './secret-ring.js';
import { DATA_ENCRYPTION_KEY, REQUIRED_SECRETS, type Secrets } from './secrets.js';

/** File that development secrets are kept in, inside the data directory. */
export const DEVELOPMENT_SECRETS = 'secrets.json';

/**
 * Finds the app's secrets: environment first, then the data directory's file. Development makes missing ones on first start and keeps
 * them in that file; elsewhere a missing, short or default-looking secret stops the start.
 * @throws EnvironmentError naming every variable at fault, never a value.
 */
export async function loadSecrets(config: Config, env: Environment): Promise<Secrets> {
  const file = join(config.dataDir, DEVELOPMENT_SECRETS);
  if (config.environment === 'development' && !existsSync(file)) {
    await aloneInDataDirectory(config.dataDir, () => {
      if (!existsSync(file)) makeDevelopmentSecrets(file);
    });
  }
  const chain = [new EnvironmentSecretSource(env), new FileSecretSource(file)];
  const faults: string[] = [];
  const required = async (name: string): Promise<SecretRing> => {
    const value = await readFirst(chain, name);
    const fault = secretFault(value);
    if (fault) faults.push(`${name} ${fault}`);
    return SecretRing.of(Buffer.from(value ?? ''));
  };
  const metricsToken = await readFirst(chain, 'METRICS_TOKEN');
  const dataEncryptionKey = await readFirst(chain, DATA_ENCRYPTION_KEY);
  const secrets: Secrets = {
    jwtSecret: await required(REQUIRED_SECRETS.jwtSecret),
    serviceKey: await required(REQUIRED_SECRETS.serviceKey),
    apiKeyPepper: await required(REQUIRED_SECRETS.apiKeyPepper),
    metricsToken: metricsToken === undefined ? null : SecretRing.of(Buffer.from(metricsToken)),
    redisUrl: (await readFirst(chain, 'REDIS_URL')) ?? null,
    dataEncryptionKey: dataEncryptionKey === undefined ? null : ringOf(dataEncryptionKey.split(',')),
  };
  const metricsFault = metricsToken === undefined ? undefined : secretFault(metricsToken);
  if (metricsFault) faults.push(`METRICS_TOKEN ${metricsFault}`);
  const dataFault = dataEncryptionKey?.split(',').map(secretFault).find(Boolean);
  if (dataFault) faults.push(`${DATA_ENCRYPTION_KEY} ${dataFault}`);
  if (faults.length > 0) throw new EnvironmentError(faults);
  return secrets;
}

/** A ring of what stands in one text, current version first. */
function ringOf(texts: readonly string[]): SecretRing {
  const [current, ...older] = texts.map((text, index) => ({ version: String(index + 1), bytes: Buffer.from(text) }));
  return current ? new SecretRing([current, ...older]) : SecretRing.of(Buffer.alloc(0));
}

async function readFirst(chain: readonly SecretSource[], name: string): Promise<string | undefined> {
  for (const source of chain) {
    const value = await source.read(name);
    if (value !== undefined) return value;
  }
  return undefined;
}

function makeDevelopmentSecrets(file: string): void {
  const made = Object.fromEntries(
    [...Object.values(REQUIRED_SECRETS), DATA_ENCRYPTION_KEY].map((name) => [name, randomBytes(48).toString('hex')]),
  );
  writeFileSync(`${file}.new`, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
