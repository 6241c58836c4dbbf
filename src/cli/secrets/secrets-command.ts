import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { SqliteAuditLog } from '../../platform/audit/sqlite-audit-log.js';
import { SystemClock } from '../../platform/clock/system-clock.js';
import { processEnvironment, readConfig } from '../../platform/config/environment.js';
import type { Config } from '../../platform/config/config.js';
import { findPostgres, secretChain } from '../../platform/secrets/load-secrets.js';
import { isSecretName, RETIRE_AFTER_MS, type SecretName } from '../../platform/secrets/secret-names.js';
import { SecretRotation } from '../../platform/secrets/secret-rotation.js';
import { withDatabases } from '../stores/open-stores.js';
import { describeVersion } from './describe-version.js';

interface Rotating {
  readonly rotation: SecretRotation;
  readonly config: Config;
  readonly actor: string;
}

/** Adds `gatra secrets list`, `rotate` and `retire`. They work where the server does: with its environment and data directory. */
export function registerSecrets(program: Command): void {
  const secrets = program.command('secrets').description('Look at and rotate the secrets of the platform; values are never shown');
  secrets
    .command('list')
    .description('Show the versions of every secret: where they are, how old, and what they do')
    .option('--json', 'print one JSON object a version')
    .action((options: { json?: true }) => withRotation((parts) => list(parts, options.json === true)));
  secrets
    .command('rotate')
    .description('Add a version with a random value: accepted at once, used once every instance knows it')
    .argument('<name>', 'JWT_SECRET, SERVICE_API_KEY, API_KEY_PEPPER or METRICS_TOKEN')
    .option('--retire-after <seconds>', 'stay, and retire the versions before it after so many seconds', wholeNumber)
    .action((name: string, options: { retireAfter?: number }) => withRotation((parts) => rotate(parts, named(name), options.retireAfter)));
  secrets
    .command('retire')
    .description('Disable a version: what was made with it is refused as soon as the instances have read the secrets again')
    .argument('<name>', 'the secret')
    .argument('<version>', 'its version, as `gatra secrets list` shows it')
    .option('--force', 'also where that ends what cannot be made anew')
    .action((name: string, version: string, { force = false }: { force?: boolean }) =>
      withRotation(async ({ rotation, actor }) => {
        await rotation.retire(named(name), version, { actor, force });
        print(`${name} ${version} retired`);
      }),
    );
}

async function list({ rotation }: Rotating, json: boolean): Promise<void> {
  for (const name of Object.keys(RETIRE_AFTER_MS) as SecretName[]) {
    for (const version of await rotation.list(name))
      print(json ? JSON.stringify({ name, ...version }) : describeVersion(name, version, Date.now()));
  }
}

async function rotate({ rotation, config, actor }: Rotating, name: SecretName, retireAfter: number | undefined): Promise<void> {
  const { activationSeconds, refreshSeconds } = config.secrets;
  if (retireAfter !== undefined && retireAfter < activationSeconds + refreshSeconds) {
    throw new Error(
      `--retire-after must be at least ${activationSeconds + refreshSeconds} seconds: sooner, instances would refuse each other`,
    );
  }
  const before = (await rotation.list(name)).filter(({ state }) => state === 'enabled');
  const added = await rotation.rotate(name, actor);
  print(`${name} ${added} is accepted from now on, and used in ${activationSeconds} s`);
  if (retireAfter === undefined) return;
  await sleep(retireAfter * 1_000);
  const known = (await rotation.list(name)).filter(({ state }) => state === 'enabled').map(({ version }) => version);
  for (const { version } of before.filter((earlier) => known.includes(earlier.version))) {
    await rotation.retire(name, version, { actor });
    print(`${name} ${version} retired`);
  }
}

async function withRotation(work: (parts: Rotating) => Promise<void>): Promise<void> {
  const env = processEnvironment();
  const config = readConfig(env);
  const chain = secretChain(config, env);
  const clock = new SystemClock();
  try {
    const place = { dataDir: config.dataDir, postgres: await findPostgres(config, env) };
    await withDatabases(place, ({ tenants, platform }) => {
      const audit = new SqliteAuditLog(tenants, platform, clock);
      const rotation = new SecretRotation({ chain, audit, clock, activationMs: config.secrets.activationSeconds * 1_000 });
      return work({ rotation, config, actor: `gatra secrets, ${userInfo().username}` });
    });
  } finally {
    await chain.close();
  }
}

function named(text: string): SecretName {
  if (isSecretName(text)) return text;
  throw new Error(`there is no such secret; those there are: ${Object.keys(RETIRE_AFTER_MS).join(', ')}`);
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error('a whole number of seconds is needed');
  return number;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
