import type { Command } from 'commander';
import { SqliteApiKeyStore } from '../../platform/auth/sqlite-api-key-store.js';
import { SystemClock } from '../../platform/clock/system-clock.js';
import { processEnvironment, readConfig } from '../../platform/config/environment.js';
import { platformMigrations } from '../../platform/platform-migrations.js';
import { loadSecrets } from '../../platform/secrets/load-secrets.js';
import { SqlitePlatformDatabase } from '../../platform/storage/sqlite-platform-database.js';
import { SqliteThread } from '../../platform/storage/sqlite-thread.js';
import { bootstrap } from '../../platform/tenancy/bootstrap.js';
import { SqliteTenantDirectory } from '../../platform/tenancy/sqlite-tenant-directory.js';
import { TenantFileEntries } from '../../platform/tenancy/tenant-file-entries.js';
import { TenantsFileSync } from '../../platform/tenancy/tenants-file-sync.js';

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
  const thread = new SqliteThread();
  const database = new SqlitePlatformDatabase(thread, config.dataDir, platformMigrations);
  try {
    const directory = new SqliteTenantDirectory(database);
    await new TenantsFileSync(config.tenantsFile, directory, new TenantFileEntries(database), clock).reload();
    const keys = new SqliteApiKeyStore(database, clock);
    const { environment, dataDir, apiKeys } = config;
    const pepper = secrets.apiKeyPepper.current;
    return await bootstrap({ dataDir, directory, keys, pepper, environment, keyDays: apiKeys.maxDays, clock });
  } finally {
    await database.close();
    await thread.end();
  }
}
