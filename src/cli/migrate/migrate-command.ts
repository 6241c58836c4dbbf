import type { Command } from 'commander';
import { processEnvironment, readConfig } from '../../platform/config/environment.js';
import { findPostgres } from '../../platform/secrets/load-secrets.js';
import { withDatabases } from '../stores/open-stores.js';

const NO_OWNER =
  'DATABASE_URL and DATABASE_MIGRATION_URL must both be set: only the role that owns the tables can change them, and files are brought up to date by each start';

/** Adds `gatra migrate`. */
export function registerMigrate(program: Command): void {
  program
    .command('migrate')
    .description('Bring the tables in PostgreSQL up to date, where the processes themselves are not told the role that owns them')
    .action(async () => {
      await bringUpToDate();
      process.stdout.write('the tables are up to date\n');
    });
}

/** @throws Error naming the variables at fault; PostgresRefused; StoreVersionError */
async function bringUpToDate(): Promise<void> {
  const env = processEnvironment();
  const config = readConfig(env);
  const postgres = await findPostgres(config, env);
  if (postgres === null || postgres.owner === null) throw new Error(NO_OWNER);
  await withDatabases({ dataDir: config.dataDir, postgres }, () => Promise.resolve());
}
