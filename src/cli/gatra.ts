import 'reflect-metadata';
import { Command, CommanderError } from 'commander';
import { registerAudit } from './audit/audit-command.js';
import { registerBackup } from './backup/backup-command.js';
import { registerBootstrap } from './bootstrap/bootstrap-command.js';
import { registerDemo } from './demo/demo-command.js';
import { registerDoctor } from './doctor/doctor-command.js';
import { registerLake } from './lake/lake-command.js';
import { registerLoad } from './load/load-command.js';
import { registerMigrate } from './migrate/migrate-command.js';
import { registerProbe } from './probe/probe-command.js';
import { registerReadiness } from './readiness/readiness-command.js';
import { registerRetention } from './retention/retention-command.js';
import { registerRules } from './rules/rules-command.js';
import { registerScan } from './scan/scan-command.js';
import { registerSecrets } from './secrets/secrets-command.js';
import { registerTenant } from './tenant/tenant-command.js';

const program = new Command('gatra').description('The GATRA SOC platform on the command line').showHelpAfterError();

registerAudit(program);
registerBackup(program);
registerBootstrap(program);
registerDemo(program);
registerDoctor(program);
registerLake(program);
registerLoad(program);
registerMigrate(program);
registerProbe(program);
registerReadiness(program);
registerRetention(program);
registerRules(program);
registerScan(program);
registerSecrets(program);
registerTenant(program);

try {
  await program.parseAsync();
} catch (error) {
  // Commander has said what is wrong; a command that ends by itself has set its exit code.
  if (!(error instanceof CommanderError)) {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
