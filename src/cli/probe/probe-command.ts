import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { processEnvironment } from '../../platform/config/environment.js';
import { BOOTSTRAP_FILE, type BootstrapFile } from '../../platform/tenancy/bootstrap.js';
import { IsolationProbe } from './isolation-probe.js';
import { describeReport, type ProbeReport } from './probe-report.js';
import { ProbeTenant } from './probe-tenant.js';

interface ProbeOptions {
  readonly credentials: string;
  readonly baseUrl?: string;
  readonly owner?: string;
  readonly stranger?: string;
  readonly format: 'table' | 'json';
}

/** Adds `gatra probe isolation`. */
export function registerProbe(program: Command): void {
  const probe = program.command('probe').description('Try a running deployment from outside');
  probe
    .command('isolation')
    .description(
      'Try to reach one tenant with the credentials of another, over every operation. Use two tenants kept for this: both get canaries ' +
        '(an event, its alert and incident, a block, an indicator, a key), which are taken back as far as the API lets; nothing else of theirs is changed',
    )
    .option('--credentials <file>', 'credentials of both tenants, in the form of bootstrap.json', defaultCredentials())
    .option('--base-url <url>', 'where the API is; the base_url of the credentials file where left out')
    .option('--owner <tenant>', 'the tenant that must not be reached; the first of the file where left out')
    .option('--stranger <tenant>', 'the tenant that tries to; the next of the file where left out')
    .addOption(new Option('--format <format>', 'how to print what was tried').choices(['table', 'json']).default('table'))
    .action(async (options: ProbeOptions) => {
      const report = await probeIsolation(options);
      process.stdout.write(`${options.format === 'json' ? JSON.stringify(report, undefined, 2) : describeReport(report)}\n`);
      process.exitCode = report.findings.length === 0 ? 0 : 1;
    });
}

function defaultCredentials(): string {
  return join(processEnvironment()['GATRA_DATA_DIR'] ?? './.gatra', BOOTSTRAP_FILE);
}

/** @throws Error where the file cannot be used, or a tenant cannot be seeded. */
async function probeIsolation(options: ProbeOptions): Promise<ProbeReport> {
  const file = JSON.parse(readFileSync(options.credentials, 'utf8')) as BootstrapFile;
  const baseUrl = (options.baseUrl ?? file.base_url).replace(/\/$/, '');
  const names = Object.keys(file.tenants);
  const owner = options.owner ?? names.find((name) => name !== options.stranger);
  const stranger = options.stranger ?? names.find((name) => name !== owner);
  if (baseUrl === '') throw new Error('say with --base-url where the API is');
  if (owner === undefined || stranger === undefined || owner === stranger)
    throw new Error('the probe needs the credentials of two tenants');
  const tenant = (id: string): ProbeTenant => new ProbeTenant(id, baseUrl, file.tenants[id] ?? {});
  const probe = new IsolationProbe({ baseUrl, owner: tenant(owner), stranger: tenant(stranger) });
  const result = await probe.run();
  return { base_url: baseUrl, owner, stranger, ...result };
}
