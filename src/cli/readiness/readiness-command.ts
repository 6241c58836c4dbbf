import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvalidArgumentError, type Command } from 'commander';
import { processEnvironment } from '../../platform/config/environment.js';
import { BOOTSTRAP_FILE, type BootstrapFile } from '../../platform/tenancy/bootstrap.js';
import { examineDeployment } from '../doctor/examine-deployment.js';
import { describeReadiness } from './describe-readiness.js';
import { judgeClaims, type ReadinessReport } from './judge-claims.js';
import { OBSERVABILITY_CLAIMS } from './observability-claims.js';
import { readRows } from './readiness-rows.js';
import { RESILIENCE_CLAIMS } from './resilience-claims.js';
import { SECURITY_CLAIMS } from './security-claims.js';
import { TENANCY_CLAIMS } from './tenancy-claims.js';

interface ReadinessOptions {
  readonly project: string;
  readonly url?: string;
  readonly credentials: string;
  readonly minimum: number;
  readonly json?: true;
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const CLAIMS = [...SECURITY_CLAIMS, ...TENANCY_CLAIMS, ...OBSERVABILITY_CLAIMS, ...RESILIENCE_CLAIMS];

/** Adds `gatra readiness`. */
export function registerReadiness(program: Command): void {
  program
    .command('readiness')
    .description(
      'Compute the readiness score: each claim of the assessment is given where the tests that prove it are there, and a deployment (--url) does not ' +
        'contradict it. Ends with 1 below --minimum',
    )
    .option('--project <dir>', 'the project with its documents and tests', ROOT)
    .option('--url <url>', 'a running deployment that is asked too')
    .option(
      '--credentials <file>',
      "its operator's, in the form of bootstrap.json",
      join(processEnvironment()['GATRA_DATA_DIR'] ?? './.gatra', BOOTSTRAP_FILE),
    )
    .option('--minimum <score>', 'the least score, of 100', points, 0)
    .option('--json', 'print one JSON object')
    .action(async (options: ReadinessOptions) => {
      const report = await assess(options);
      process.stdout.write(`${options.json ? JSON.stringify(report) : describeReadiness(report)}\n`);
      process.exitCode = report.score >= options.minimum ? 0 : 1;
    });
}

/** @throws Error where the project or the credentials cannot be read. */
async function assess({ project, url, credentials }: ReadinessOptions): Promise<ReadinessReport> {
  const read = (path: string): string | undefined =>
    existsSync(join(project, path)) ? readFileSync(join(project, path), 'utf8') : undefined;
  const document = read('docs/readiness.md');
  if (document === undefined) throw new Error(`${project} has no docs/readiness.md: say with --project where the project is`);
  const checks =
    url === undefined ? undefined : await examineDeployment(url, JSON.parse(readFileSync(credentials, 'utf8')) as BootstrapFile);
  return judgeClaims(CLAIMS, { rows: readRows(document), read, checks });
}

function points(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 100)) throw new InvalidArgumentError('a number from 0 to 100');
  return value;
}
