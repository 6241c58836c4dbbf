import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { PLATFORM_LOG } from '../../platform/audit/audit-log.js';
import { SqliteAuditLog } from '../../platform/audit/sqlite-audit-log.js';
import { restoreBackup } from '../../platform/backup/restore-backup.js';
import { takeBackup } from '../../platform/backup/take-backup.js';
import { SystemClock } from '../../platform/clock/system-clock.js';
import type { Config } from '../../platform/config/config.js';
import { processEnvironment, readConfig } from '../../platform/config/environment.js';
import { postgresOf, withDatabases } from '../stores/open-stores.js';

interface Options {
  readonly dataDir: string;
}

/** Adds `gatra backup` and `gatra restore`. */
export function registerBackup(program: Command): void {
  const dataDir = processEnvironment()['GATRA_DATA_DIR'] ?? './.gatra';
  program
    .command('backup')
    .description('Copy all stores of a data directory, also while the app runs; each file as of one moment, none written to')
    .requiredOption('--out <dir>', 'a directory that is not there yet, or empty')
    .option('--data-dir <dir>', 'the data directory', dataDir)
    .option('--with-secrets', 'copy the files of secrets and first credentials too: whoever has such a backup can read all of it')
    .action(async (options: Options & { out: string; withSecrets?: true }) => {
      const clock = new SystemClock();
      const request = { dataDir: resolve(options.dataDir), out: resolve(options.out), withSecrets: options.withSecrets === true };
      const hasCasesElsewhere = (await postgresOf(request.dataDir)) !== null;
      const { position, files } = await takeBackup({ ...request, hasCasesElsewhere, now: () => clock.isoNow() });
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
      process.stdout.write(`${files.length} files, ${bytes} bytes. Whatever was acknowledged before ${position} is in the backup.\n`);
      for (const { path, damaged } of files) if (damaged !== undefined) reportDamaged(path, damaged);
      if (hasCasesElsewhere) process.stdout.write(`${whatElse(readConfig(processEnvironment()))}\n`);
    });
  program
    .command('restore')
    .description('Put a backup into a data directory that is missing or empty, once all of it was verified')
    .requiredOption('--from <dir>', 'the backup')
    .option('--data-dir <dir>', 'the data directory', dataDir)
    .action(async (options: Options & { from: string }) => {
      const [from, to] = [resolve(options.from), resolve(options.dataDir)];
      const { position, files } = restoreBackup(from, to);
      await noteRestore(to, position);
      process.stdout.write(`${files.length} files restored and verified. Whatever was acknowledged before ${position} is there.\n`);
      if (!files.some(({ path }) => path === 'secrets.json')) {
        process.stdout.write('The backup holds no secrets: give the app those it had, DATA_ENCRYPTION_KEY and API_KEY_PEPPER above all.\n');
      }
    });
}

function reportDamaged(path: string, damaged: string): void {
  process.exitCode = 1;
  process.stderr.write(`${path} is damaged, and in the backup as it is: ${damaged}\n`);
}

/** What is not in the backup, and what is to be done about it. */
function whatElse({ events }: Config): string {
  return events.store === 'postgres'
    ? 'Events, cases, keys and audit logs are in PostgreSQL: back that up (pg_dump).'
    : 'Cases, keys and audit logs are in PostgreSQL: back that up now, after the events (pg_dump).';
}

async function noteRestore(dataDir: string, position: string): Promise<void> {
  const entry = {
    action: 'backup.restored',
    actor: { type: 'system', id: `gatra restore, ${userInfo().username}` },
    target: { type: 'platform', id: 'data-directory' },
    outcome: 'success',
    correlation_id: 'gatra-restore',
    details: { position },
  } as const;
  await withDatabases({ dataDir, postgres: await postgresOf(dataDir) }, ({ tenants, platform }) =>
    new SqliteAuditLog(tenants, platform, new SystemClock()).append(PLATFORM_LOG, [entry]),
  );
}
