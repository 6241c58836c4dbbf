import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { processEnvironment } from '../../platform/config/environment.js';
import { BOOTSTRAP_FILE, type BootstrapFile } from '../../platform/tenancy/bootstrap.js';
import { DEFAULT_BACKGROUND } from '../demo/generator/generate-day.js';
import { ProgressLine } from '../demo/progress-line.js';
import { LoadBatches } from './load-batches.js';
import { LoadClient } from './load-client.js';
import { loadPage } from './load-page.js';
import { brokenBounds, describeLoad, loadReport } from './load-report.js';
import { parseStages, planRequests, type Stage } from './rate-plan.js';
import { runLoad } from './run-load.js';

const DAY_MS = 24 * 60 * 60_000;

interface LoadOptions {
  readonly credentials: string;
  readonly url?: string;
  readonly tenant: readonly string[];
  readonly stages: readonly Stage[];
  readonly batch: number;
  readonly events: readonly string[];
  readonly seed: number;
  readonly from?: Date;
  readonly pool: number;
  readonly gzip: boolean;
  readonly connections: number;
  readonly retries: number;
  readonly json?: string;
  readonly html?: string;
  readonly expectErrors?: number;
  readonly expectP99?: number;
}

/** Adds `gatra load`. */
export function registerLoad(program: Command): void {
  program
    .command('load')
    .description('Send events to a deployment at a rate, whatever it answers, and report what became of them and how long it took')
    .option('--credentials <file>', 'credentials in the form of bootstrap.json, with a collector of each tenant', defaultCredentials())
    .option('--url <url>', 'where the API is; the base_url of the credentials file where left out')
    .option('--tenant <id...>', 'tenants that send, in turn; all of the file where left out', [])
    .option('--stages <list>', 'RATE:SECONDS or FROM..TO:SECONDS in requests a second, separated by commas', stages, parseStages('20:10'))
    .option('--batch <number>', 'events in a request', whole(1), 100)
    .option(
      '--events <path...>',
      'send these files or directories of NDJSON (plain or gzip), again and again, instead of generated events',
      [],
    )
    .option('--seed <number>', 'seed of the generated events; equal seeds send equal events', whole(0), Date.now() % 1e9)
    .option(
      '--from <date>',
      'first day of the generated events (2026-03-04); so many days ago that the last are of today where left out',
      day,
    )
    .option('--pool <number>', 'make so many requests and send them over and over, where making new ones is too slow', whole(0), 0)
    .option('--gzip', 'compress what is sent', false)
    .option('--connections <number>', 'most connections at once', whole(1), 256)
    .option('--retries <number>', 'times that a request is sent again after 429, 503 or no answer, when Retry-After says', whole(0), 0)
    .option('--json <file>', 'write the report there as JSON; - is standard output')
    .option('--html <file>', 'write the report there as a page')
    .option('--expect-errors <number>', 'end with 1 where more requests fail', whole(0))
    .option('--expect-p99 <ms>', 'end with 1 where the 99th percentile is higher', whole(1))
    .action(async (options: LoadOptions) => {
      process.exitCode = await load(options);
    });
}

/** @throws Error where the credentials or the events cannot be used. */
async function load(options: LoadOptions): Promise<number> {
  const { url, keys } = target(options);
  const startedAt = new Date();
  const from = options.from ?? firstDay(planRequests(options.stages) * options.batch, startedAt);
  const batches = new LoadBatches({ ...options, from, size: options.batch, files: options.events });
  await batches.prepare();
  const client = new LoadClient({ ...options, baseUrl: url });
  const progress = new ProgressLine('requests', planRequests(options.stages));
  const { tally, seconds } = await runLoad({
    ...options,
    keys,
    batches,
    client,
    onProgress: (at, { counts }) =>
      progress.show(counts.due, `${counts.due} due, ${counts.ok} ok, ${counts.failed} failed, ${at.toFixed(0)} s`),
  });
  progress.end();
  client.close();
  const report = loadReport(tally, { startedAt, url, stages: options.stages, batch: options.batch, tenants: keys.length, seconds });
  if (options.html !== undefined) writeFileSync(options.html, loadPage(report));
  if (options.json !== undefined && options.json !== '-') writeFileSync(options.json, `${JSON.stringify(report, undefined, 2)}\n`);
  process.stdout.write(options.json === '-' ? `${JSON.stringify(report)}\n` : `${describeLoad(report)}\n`);
  const broken = brokenBounds(report, { errors: options.expectErrors, p99: options.expectP99 });
  for (const bound of broken) process.stderr.write(`not as expected: ${bound}\n`);
  return broken.length === 0 ? 0 : 1;
}

function target({ credentials, url, tenant }: LoadOptions): { readonly url: string; readonly keys: readonly string[] } {
  const file = JSON.parse(readFileSync(credentials, 'utf8')) as BootstrapFile;
  const baseUrl = (url ?? file.base_url).replace(/\/$/, '');
  if (!/^https?:\/\//.test(baseUrl)) throw new Error('say with --url where the API is');
  const names = tenant.length > 0 ? tenant : Object.keys(file.tenants);
  const keys = names.map((name) => {
    const key = file.tenants[name]?.['collector']?.api_key;
    if (key === undefined) throw new Error(`${credentials} has no collector of ${name}`);
    return key;
  });
  if (keys.length === 0) throw new Error(`${credentials} names no tenant`);
  return { url: baseUrl, keys };
}

function defaultCredentials(): string {
  return join(processEnvironment()['GATRA_DATA_DIR'] ?? './.gatra', BOOTSTRAP_FILE);
}

/** So many days ago that a company's events end today. */
function firstDay(events: number, today: Date): Date {
  const days = Math.max(1, Math.ceil(events / DEFAULT_BACKGROUND));
  return new Date(today.getTime() - (days - 1) * DAY_MS);
}

function day(text: string): Date {
  const date = new Date(`${text}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(date.getTime())) throw new InvalidArgumentError('a date such as 2026-03-04');
  return date;
}

function stages(text: string): readonly Stage[] {
  try {
    return parseStages(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

function whole(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least) throw new InvalidArgumentError(`a whole number from ${least}`);
    return value;
  };
}
