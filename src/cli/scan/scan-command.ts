import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { SingleBar } from 'cli-progress';
import { type Command, Option } from 'commander';
import { RuleFiles } from '../../ada/adapters/rule-files.js';
import type { LoadedRules } from '../../ada/domain/rule-source.js';
import { RuleFilters } from '../../ada/domain/sigma/filters/rule-filters.js';
import { SigmaEngine } from '../../ada/domain/sigma/sigma-engine.js';
import { type CommandTerminal, PROCESS_TERMINAL, messageOf } from '../command-terminal.js';
import { type LogFile, findLogFiles } from './find-log-files.js';
import { type Matcher, type ScanObserver, scanFile } from './scan-files.js';
import { ScanSummary } from './scan-summary.js';
import { renderSummary, renderTable } from './scan-table.js';

interface ScanOptions {
  readonly rules?: readonly string[];
  readonly format: 'table' | 'ndjson';
  readonly verbose?: boolean;
}

const DEFAULT_RULES = fileURLToPath(new URL('../../../config/rules', import.meta.url));
const UNREADABLE = 1;
const USAGE = 2;

/**
 * Adds `scan`: runs Sigma rules over log files without a server. It ends with 0 whether or not a rule matches, 1 if a file or the rules
 * cannot be read, 2 if it was called wrongly.
 */
export function registerScan(program: Command, terminal: CommandTerminal = PROCESS_TERMINAL): void {
  program
    .command('scan')
    .description('match Sigma rules against log files (NDJSON, plain or gzip)')
    .argument('<path...>', 'log files, or directories of .ndjson, .jsonl, .json and .log files')
    .option(
      '-r, --rules <path>',
      `rule file, directory or .tar.gz archive; comma-separated or repeated (default: ${DEFAULT_RULES})`,
      addRules,
    )
    .addOption(new Option('-f, --format <format>', 'what to print').choices(['table', 'ndjson']).default('table'))
    .option('-v, --verbose', 'list the rules that are unsupported, with reasons')
    .exitOverride((error) => {
      if (error.exitCode !== 0) terminal.setExitCode(USAGE);
      throw error;
    })
    .action(async (paths: string[], options: ScanOptions) => {
      await scan(paths, options, terminal);
    });
}

function addRules(paths: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...paths.split(',').filter((path) => path !== '')];
}

async function scan(paths: readonly string[], options: ScanOptions, terminal: CommandTerminal): Promise<void> {
  const fail = (error: unknown): void => {
    terminal.stderr.write(`${messageOf(error)}\n`);
    terminal.setExitCode(UNREADABLE);
  };
  const loaded = await new RuleFiles(options.rules ?? [DEFAULT_RULES]).load().catch(fail);
  if (loaded === undefined) return;
  const files: LogFile[] = [];
  for (const path of paths) files.push(...((await findLogFiles(path).catch(fail)) ?? []));
  const summary = new ScanSummary(loaded.rules.length, loaded.unsupported);
  const engine = matcherOf(loaded);
  const started = performance.now();
  const bar = startBar(files, terminal);
  const observer = observe(options, terminal, bar);
  for (const file of files) await scanFile(file, engine, summary, observer).catch((error) => fail(`${file.path}: ${messageOf(error)}`));
  bar?.stop();
  const seconds = (performance.now() - started) / 1000;
  const report = renderSummary(summary, seconds, options.verbose === true);
  if (options.format === 'table') terminal.stdout.write(`${renderTable(summary)}\n${report}`);
  else terminal.stderr.write(report);
}

/** Detection rules with the filters among them. Correlations take a server: they go by what came before. */
function matcherOf({ rules, filters: linked }: LoadedRules): Matcher {
  const engine = new SigmaEngine(rules);
  const filters = new RuleFilters(linked);
  return { match: (event) => engine.match(event).filter(({ id }) => !filters.leavesOut(undefined, id, event)) };
}

function observe(options: ScanOptions, { stdout }: CommandTerminal, bar: SingleBar | undefined): ScanObserver {
  let open = true;
  let full = false;
  return {
    onMatch: (file, line, rules) => {
      if (options.format === 'ndjson') full = !stdout.write(`${JSON.stringify({ file, line, rules: rules.map(({ id }) => id) })}\n`);
    },
    onBytes: (bytes) => bar?.increment(bytes),
    onPause: async () => {
      if (full && open) await once(stdout, 'drain');
      full = false;
      open = !stdout.destroyed;
    },
  };
}

function startBar(files: readonly LogFile[], { stderr }: CommandTerminal): SingleBar | undefined {
  if (stderr.isTTY !== true) return undefined;
  const bar = new SingleBar({
    stream: stderr,
    clearOnComplete: true,
    hideCursor: true,
    format: 'scanning {bar} {percentage}% | {eta_formatted}',
  });
  bar.start(
    files.reduce((sum, { bytes }) => sum + bytes, 0),
    0,
  );
  return bar;
}
