import type { Command } from 'commander';
import { SqliteApiKeyStore } from '../../platform/auth/sqlite-api-key-store.js';
import { SystemClock } from '../../platform/clock/system-clock.js';
import { processEnvironment, readConfig } from '../../platform/config/environment.js';
import { loadSecrets } from '../../platform/secrets/load-secrets.js';
import { bootstrap } from '../../platform/tenancy/bootstrap.js';
import { SqliteTenantDirectory } from '../../platform/tenancy/sqlite-tenant-directory.js';
import { TenantFileEntries } from '../../platform/tenancy/tenant-file-entries.js';
import { TenantsFileSync } from '../../platform/tenancy/tenants-file-sync.js';
import { withDatabases } from '../stores/open-stores.js';

/** Adds `gatra bootstrap`. */
export function registerBootstrap(program: Command): void {
  program
    .command('bootstrap')
    .description('Make the configured tenants and the first credentials, once, before the first start in production')
    .action(async () => {
      process.stdout.write(`${await makeFirstCredentials()}\n`);
    });
}

/** Answers the path of the bootstrap file; what was made earlier stays as it is. */
async function makeFirstCredentials(): Promise<string> {
  const env = processEnvironment();
  const config = readConfig(env);
  const secrets = await loadSecrets(config, env);
  const clock = new SystemClock();
  const { dataDir, environment, apiKeys } = config;
  return withDatabases({ dataDir, postgres: secrets.postgres }, async ({ platform: database }) => {
    const directory = new SqliteTenantDirectory(database);
    await new TenantsFileSync(config.tenantsFile, directory, new TenantFileEntries(database), clock).reload();
    const keys = new SqliteApiKeyStore(database, clock);
    const pepper = secrets.apiKeyPepper.current;
    return bootstrap({ dataDir, directory, keys, pepper, environment, keyDays: apiKeys.maxDays, clock });
  });
}
