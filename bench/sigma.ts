import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadLines } from './event-lines.ts';
import { meanLength } from './parse-rate.ts';
import { format, machine, printTable } from './report.ts';
import { archiveIn } from './scenarios/read-scenarios.ts';
import { bytesInUse } from './sigma/bytes-in-use.ts';
import { DetectionRuns, type Figures } from './sigma/detection-runs.ts';
import { idleTenantBytes } from './sigma/idle-tenants.ts';
import { splitBySource } from './sigma/split-by-source.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: process.env['GATRA_CONFORMANCE_DATA'] },
    events: { type: 'string' },
    rules: { type: 'string' },
    'max-events': { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '5' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(`npm run bench:sigma -- [options]
  Parses events and matches them against Sigma rules in one thread: no HTTP, no store. Each round goes through all lines three times, in turn:
  JSON.parse alone, parsing and matching, and the same without remembering values; the medians of the rounds are reported. What was remembered
  is thrown away before every round; rules are compiled before it.
  --data DIR         conformance data: its windows/ and bench/rsigma-lanes/ are the events, the archive in its sigma/ the rules
                     (default: GATRA_CONFORMANCE_DATA; without it what the project's generator makes, and the starter rules)
  --events DIR       NDJSON files (.gz or not) in place of those
  --rules PATH       rules in place of those
  --max-events N     at most so many events (default 200000)
  --rounds N         how often (default 5)
`);
  process.exit(0);
}

const built = (path: string): string => new URL(`../dist/${path}`, import.meta.url).href;
const { RuleFiles } = (await import(built('ada/adapters/rule-files.js'))) as typeof import('../src/ada/adapters/rule-files.js');

const data = values.data === undefined ? undefined : resolve(values.data);
const rulePath =
  values.rules ?? (data === undefined ? fileURLToPath(new URL('../config/rules', import.meta.url)) : archiveIn(join(data, 'sigma')));
const most = Number(values['max-events']);
const rounds = Number(values.rounds);

const empty = bytesInUse();
const started = performance.now();
const { rules, unsupported } = await new RuleFiles([rulePath]).load();
const loadMs = Math.round(performance.now() - started);
const ruleBytes = bytesInUse() - empty;
process.stdout.write(
  `${format(rules.length)} rules (and ${format(unsupported.length)} that are not in force) loaded in ${format(loadMs)} ms\n`,
);

const lines = await (values.events === undefined && data !== undefined
  ? loadLines(join(data, 'windows'), most, '.ndjson.gz')
  : loadLines(values.events, most));
const runs = await DetectionRuns.prepare(rules, rounds);
const before = bytesInUse();
const held = [runs.used(lines)];
const engineBytes = ruleBytes + (bytesInUse() - before);
held.pop();
const all = runs.measure(lines);
const tenantBytes = await idleTenantBytes(rules, lines[0] ?? '{}');

process.stdout.write(`${format(lines.length)} events of ${format(meanLength(lines))} bytes, ${rounds} rounds, cold values\n\n`);
const sources = (await splitBySource(lines, rules)).map(({ name, lines: some }) => ({ name, figures: runs.measure(some) }));
const lanes = await lanesOf(data);
printTable(
  ['', 'events', 'events/s', 'x JSON.parse', 'cache off: events/s', 'x JSON.parse', 'matches'],
  [{ name: 'all', figures: all }, ...sources, ...lanes].map(({ name, figures }) => row(name, figures)),
);
const memory = { engine_mb: toMiB(engineBytes), per_idle_tenant_kb: Math.round(tenantBytes / 102.4) / 10 };
process.stdout.write(
  `\nmemory: rules, compiled engines and remembered values ${memory.engine_mb} MiB; each further idle tenant ${memory.per_idle_tenant_kb} KiB\n`,
);
process.stdout.write(
  `${JSON.stringify({
    bench: 'sigma',
    ...all,
    rules: rules.length,
    unsupported: unsupported.length,
    load_ms: loadMs,
    mean_bytes: meanLength(lines),
    rounds,
    per_logsource: named(sources),
    lanes: named(lanes),
    memory,
    machine: machine(),
  })}\n`,
);

interface Named {
  readonly name: string;
  readonly figures: Figures;
}

/** The four lanes on which rsigma publishes its throughput; none without the data. */
async function lanesOf(directory: string | undefined): Promise<Named[]> {
  if (directory === undefined || values.events !== undefined) return [];
  const lanes: Named[] = [];
  for (const name of ['structured_windows', 'raw_windows', 'sysmon_file_event', 'cisco_syslog']) {
    const lane = await loadLines(join(directory, 'bench', 'rsigma-lanes'), most, `${name}.ndjson.gz`);
    lanes.push({ name, figures: runs.measure(lane) });
  }
  return lanes;
}

function row(name: string, figures: Figures): string[] {
  return [
    name,
    format(figures.events),
    format(figures.events_per_second),
    figures.share_of_json_parse.toFixed(3),
    format(figures.events_per_second_cache_off),
    figures.share_cache_off.toFixed(3),
    format(figures.matches),
  ];
}

function named(list: readonly Named[]): Record<string, Figures> {
  return Object.fromEntries(list.map(({ name, figures }) => [name, figures]));
}

function toMiB(bytes: number): number {
  return Math.round(bytes / 104_857.6) / 10;
}
