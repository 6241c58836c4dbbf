import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { toTenantId } from '../../contracts/tenant.js';
import { processEnvironment, readConfig } from '../../platform/config/environment.js';
import { CiphersInHand } from '../../platform/encryption/ciphers-in-hand.js';
import { keyEncryptionOf } from '../../platform/encryption/encryption-providers.js';
import { SqliteTenantKeyStore } from '../../platform/encryption/sqlite-tenant-key-store.js';
import { TenantKeys } from '../../platform/encryption/tenant-keys.js';
import { loadSecrets } from '../../platform/secrets/load-secrets.js';
import { RetiredTenants } from '../../platform/tenancy/retired-tenants.js';
import { withStores, type OpenStores } from '../stores/open-stores.js';
import { exportTenant } from './export-tenant.js';
import { importTenant } from './import-tenant.js';

interface Opened {
  readonly stores: OpenStores;
  readonly keys: TenantKeys;
  readonly ciphers: CiphersInHand;
}

/** Adds `gatra tenant export` and `gatra tenant import`. They need the environment that the app has, for the keys that tenants' data is encrypted with. */
export function registerTenant(program: Command): void {
  const dataDir = processEnvironment()['GATRA_DATA_DIR'] ?? './.gatra';
  const tenant = program.command('tenant').description('Take a tenant out of a platform, and into another');
  tenant
    .command('export')
    .description('Write all that is known of a tenant to a directory, in the clear; also while the app runs')
    .requiredOption('--tenant <id>', 'the tenant')
    .requiredOption('--out <dir>', 'a directory that is not there yet, or empty')
    .option('--data-dir <dir>', 'the data directory', dataDir)
    .action((options: { tenant: string; out: string; dataDir: string }) =>
      withKeys(options.dataDir, async ({ stores, ciphers }) => {
        const found = await stores.directory.find(toTenantId(options.tenant));
        if (!found || found.status === 'deleting') throw new Error(`there is no tenant ${options.tenant}`);
        const actor = `gatra tenant export, ${userInfo().username}`;
        const { position, files } = await exportTenant({ stores, ciphers, out: resolve(options.out), actor }, found);
        const lines = files.reduce((sum, file) => sum + file.lines, 0);
        process.stdout.write(`${files.length} files, ${lines} lines. Whatever was acknowledged before ${position} is in the export.\n`);
      }),
    );
  tenant
    .command('import')
    .description(
      'Make a tenant of an export: its events, indicators, rule filters and audit evidence, once all of it was verified; also while the app runs',
    )
    .requiredOption('--from <dir>', 'the export')
    .option('--as <id>', 'another id for the tenant')
    .option('--data-dir <dir>', 'the data directory', dataDir)
    .action((options: { from: string; as?: string; dataDir: string }) =>
      withKeys(options.dataDir, async ({ stores, keys, ciphers }) => {
        const actor = `gatra tenant import, ${userInfo().username}`;
        const parts = { stores, keys, ciphers, from: resolve(options.from), actor };
        const made = await importTenant(parts, options.as === undefined ? undefined : toTenantId(options.as));
        process.stdout.write(
          `${made.tenant_id}: ${made.events} events, ${made.indicators} indicators, ${made.rule_filters} rule filters, ${made.evidence} audit records as evidence.\n` +
            'Alerts, incidents, feedback and actions stay in the export; keys, webhooks and block lists have to be made anew.\n',
        );
      }),
    );
}

async function withKeys(dataDir: string, work: (opened: Opened) => Promise<void>): Promise<void> {
  const directory = resolve(dataDir);
  await withStores(directory, async (stores) => {
    const env = { ...processEnvironment(), GATRA_DATA_DIR: directory };
    const secrets = await loadSecrets(readConfig(env), env);
    try {
      const store = new SqliteTenantKeyStore(stores.platform);
      const keys = new TenantKeys(store, keyEncryptionOf(secrets), stores.clock, new RetiredTenants());
      await work({ stores, keys, ciphers: new CiphersInHand(keys) });
    } finally {
      await secrets.keeper.close();
    }
  });
}
