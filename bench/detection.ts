import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { ParsedEvent } from '../src/events/parsed-event.ts';
import type { SigmaRule } from '../src/ada/domain/sigma/sigma-rule.ts';
import { loadLines } from './event-lines.ts';
import { meanLength, measureParse } from './parse-rate.ts';
import { format, machine, printTable } from './report.ts';

const { values } = parseArgs({
  options: {
    events: { type: 'string' },
    rules: { type: 'string' },
    'max-events': { type: 'string', default: '100000' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(`npm run bench:detection -- [options]
  Parses events and matches them against Sigma rules in one thread: no HTTP, no store.
  --events DIR       NDJSON files (.gz or not); by default what the project's generator makes
  --rules PATH       measure with these rules too, besides the starter pack
  --max-events N     at most so many events (default 100000)
`);
  process.exit(0);
}

interface Row {
  readonly rules: string;
  readonly loaded: number;
  readonly cache: 'on' | 'off';
  /** Parsing and matching. */
  readonly eps: number;
  readonly ratio: number;
  /** Matching alone. */
  readonly match_us: number;
  readonly matches: number;
}

const STARTER = fileURLToPath(new URL('../config/rules', import.meta.url));
const built = (path: string): string => new URL(`../dist/${path}`, import.meta.url).href;
const { SigmaEngine } = (await import(
  built('ada/domain/sigma/sigma-engine.js')
)) as typeof import('../src/ada/domain/sigma/sigma-engine.js');
const { CacheBudget } = (await import(built('ada/domain/sigma/value-cache.js'))) as typeof import('../src/ada/domain/sigma/value-cache.js');
const { RuleFiles } = (await import(built('ada/adapters/rule-files.js'))) as typeof import('../src/ada/adapters/rule-files.js');
const { isRejection, parseEvent } = (await import(built('events/parse-event.js'))) as typeof import('../src/events/parse-event.js');

const lines = await loadLines(values.events, Number(values['max-events']));
const parseRate = measureParse(lines);
process.stdout.write(
  `${format(lines.length)} events of ${format(meanLength(lines))} bytes; JSON.parse of them in one thread: ${format(parseRate)} events/s\n\n`,
);

const rows: Row[] = [];
for (const [name, paths] of [
  ['starter', [STARTER]],
  ...(values.rules === undefined ? [] : [['starter + given', [STARTER, values.rules]] as const]),
] as const) {
  const { rules } = await new RuleFiles(paths).load();
  for (const cache of ['on', 'off'] as const) rows.push(measure(name, rules, cache));
}
printTable(
  ['rules', 'loaded', 'cache', 'events/s', 'x JSON.parse', 'match us/event', 'matches'],
  rows.map((row) => [
    row.rules,
    format(row.loaded),
    row.cache,
    format(row.eps),
    row.ratio.toFixed(3),
    row.match_us.toFixed(2),
    format(row.matches),
  ]),
);
process.stdout.write(
  `${JSON.stringify({ bench: 'detection', events: lines.length, mean_bytes: meanLength(lines), json_parse_eps: parseRate, machine: machine(), rows })}\n`,
);

/** Goes through the events in batches as ingest does; the first tenth, while code and rules are still being compiled, is left out. */
function measure(name: string, rules: readonly SigmaRule[], cache: Row['cache']): Row {
  const engine = new SigmaEngine(rules, cache === 'on' ? {} : { cache: new CacheBudget(0) });
  const warm = Math.ceil(lines.length / 10);
  let matches = matchAll(engine, lines.slice(0, warm)).matches;
  const started = performance.now();
  const measured = matchAll(engine, lines.slice(warm));
  const seconds = (performance.now() - started) / 1_000;
  matches += measured.matches;
  const events = lines.length - warm;
  const eps = Math.round(events / seconds);
  return { rules: name, loaded: rules.length, cache, eps, ratio: eps / parseRate, match_us: (measured.matchMs * 1_000) / events, matches };
}

function matchAll(
  engine: InstanceType<typeof SigmaEngine>,
  some: readonly string[],
): { readonly matches: number; readonly matchMs: number } {
  const BATCH = 500;
  let matches = 0;
  let matchMs = 0;
  for (let from = 0; from < some.length; from += BATCH) {
    const events = some.slice(from, from + BATCH).flatMap((line, index): ParsedEvent[] => {
      const event = parseEvent(line, { index, declared: 'auto', receivedAt: 0 });
      return isRejection(event) ? [] : [event];
    });
    const started = performance.now();
    for (const event of events) matches += engine.match(event).length;
    matchMs += performance.now() - started;
  }
  return { matches, matchMs };
}
