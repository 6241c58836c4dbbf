import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { StoredCopyProgress } from '../../mssp/lake/adapters/stored-copy-progress.js';
import { lakeName } from '../../mssp/lake/domain/lake-name.js';
import { processEnvironment, readConfig } from '../../platform/config/environment.js';
import { withStores, type OpenStores } from '../stores/open-stores.js';

interface Options {
  readonly dataDir: string;
  readonly tenant: string;
}

/** Adds `gatra lake copy-again`. */
export function registerLake(program: Command): void {
  const lake = program.command('lake').description('Work with the lake that events are copied into');
  lake
    .command('copy-again')
    .description(
      'Have the app copy all that it holds of a tenant into the lake again, where the place there was lost or restored; also while it runs',
    )
    .requiredOption('--tenant <id>', 'whose place it is')
    .option('--data-dir <dir>', 'the data directory', processEnvironment()['GATRA_DATA_DIR'] ?? './.gatra')
    .action((options: Options) => withStores(resolve(options.dataDir), (stores) => copyAgain(stores, options.tenant)));
}

async function copyAgain(stores: OpenStores, id: string): Promise<void> {
  const { lake } = readConfig(processEnvironment());
  if (!lake) throw new Error('there is no lake: EVENT_LAKE is not set');
  const tenant = (await stores.directory.list()).find(({ tenant_id }) => tenant_id === id)?.tenant_id;
  if (tenant === undefined) throw new Error(`there is no tenant ${id}`);
  const entry = {
    action: 'lake.copied_again',
    actor: { type: 'system', id: `gatra lake copy-again, ${userInfo().username}` },
    target: { type: 'lake', id: lakeName(lake) },
    outcome: 'success',
    correlation_id: 'gatra-lake-copy-again',
  } as const;
  await stores.audit.append(tenant, [entry]);
  await new StoredCopyProgress(stores.tenants).forget(tenant, lakeName(lake));
  process.stdout.write(`${tenant}: all that is held here is copied again; lake_lag_seconds says how far it is.\n`);
}
