import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { processEnvironment } from '../../platform/config/environment.js';
import { BOOTSTRAP_FILE, type BootstrapFile } from '../../platform/tenancy/bootstrap.js';
import { describeDoctor, doctorReport, type DoctorReport } from './doctor-report.js';
import { examineDeployment } from './examine-deployment.js';
import { observeEnvironment } from './observe-environment.js';
import { judgeAll, type Check } from './rules/check.js';
import { ENVIRONMENT_RULES } from './rules/environment-rules.js';
import { SETTINGS_RULES } from './rules/settings-rules.js';

interface DoctorOptions {
  readonly url?: string;
  readonly credentials: string;
  readonly environment?: true;
  readonly backups?: string;
  readonly json?: true;
}

/** Adds `gatra doctor`. */
export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description(
      'Check a deployment against the security checklist: one that runs (--url), or the environment that this is started in. ' +
        'Ends with 1 where something fails. Changes nothing; names variables, never their values',
    )
    .option('--url <url>', 'the running deployment')
    .option(
      '--credentials <file>',
      "its operator's, in the form of bootstrap.json; with two tenants' too, isolation is tried",
      join(processEnvironment()['GATRA_DATA_DIR'] ?? './.gatra', BOOTSTRAP_FILE),
    )
    .option('--environment', 'with --url, check the environment as well')
    .option('--backups <dir>', 'where backups are kept')
    .option('--json', 'print one JSON object')
    .action(async (options: DoctorOptions) => {
      const report = await examine(options);
      process.stdout.write(`${options.json ? JSON.stringify(report) : describeDoctor(report)}\n`);
      process.exitCode = report.counts.fail === 0 ? 0 : 1;
    });
}

/** Makes all checks that the options ask for. @throws Error where the credentials cannot be read. */
async function examine({ url, credentials, environment, backups }: DoctorOptions): Promise<DoctorReport> {
  const checks = [
    ...(url === undefined ? [] : await examineDeployment(url, JSON.parse(readFileSync(credentials, 'utf8')) as BootstrapFile)),
    ...(url === undefined || environment ? await examineEnvironment(url === undefined, backups) : []),
  ];
  return doctorReport(checks, url ?? null, new Date().toISOString());
}

async function examineEnvironment(withSettings: boolean, backups: string | undefined): Promise<readonly Check[]> {
  const { facts, settings } = await observeEnvironment(processEnvironment(), backups);
  return [...judgeAll(ENVIRONMENT_RULES, facts), ...(withSettings ? judgeAll(SETTINGS_RULES, settings) : [])];
}
