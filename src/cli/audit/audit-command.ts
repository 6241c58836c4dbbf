import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { AuditVerification } from '../../platform/audit/audit-row-verifier.js';
import { processEnvironment } from '../../platform/config/environment.js';
import { verifyLogs } from './verify-logs.js';

/** Adds `gatra audit verify`. */
export function registerAudit(program: Command): void {
  const audit = program.command('audit').description('Work with the audit logs');
  audit
    .command('verify')
    .description('Check the audit logs in a data directory, or in PostgreSQL, without the server: name the first bad record of each')
    .option('--data-dir <dir>', 'the data directory', processEnvironment()['GATRA_DATA_DIR'] ?? './.gatra')
    .option('--tenant <id>', 'check only the log of this tenant')
    .option('--json', 'print one JSON object a log')
    .action(async (options: { dataDir: string; tenant?: string; json?: true }) => {
      const dataDir = resolve(options.dataDir);
      const results = await verifyLogs(dataDir, options.tenant);
      if (results.length === 0) throw new Error('there is no audit log here: check --data-dir and --tenant');
      for (const result of results) process.stdout.write(`${options.json ? JSON.stringify(result) : describe(result)}\n`);
      process.exitCode = results.some((result) => result.fault) ? 1 : 0;
    });
}

function describe(result: AuditVerification): string {
  if (result.fault)
    return `FAULT  ${result.log || result.file}: record ${result.fault.index} ${result.fault.reason} (${result.records} good before it)`;
  return `ok     ${result.log || '(empty)'}: ${result.records} records, head ${result.head.slice(0, 16)}`;
}
