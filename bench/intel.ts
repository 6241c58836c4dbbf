import { parseArgs } from 'node:util';
import type { Indicator, IndicatorType } from '../src/taa/domain/indicator.ts';
import { format, machine } from './report.ts';

const { values } = parseArgs({
  options: {
    indicators: { type: 'string', default: '1000000' },
    events: { type: 'string', default: '200000' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(`npm run bench:intel -- [options]
  Compiles generated indicators (addresses, domains, URLs, hashes and file names in equal parts, a thousandth of them blocks of addresses) and looks the
  values of generated events up in them, in one thread: no HTTP, no store. An event has two addresses, a domain of four labels, a URL, two hashes, two file
  names and a user; one in a hundred holds a value that is an indicator.
  --indicators N     so many indicators (default 1000000)
  --events N         so many events (default 200000)
`);
  process.exit(0);
}

type Lookup = readonly [type: IndicatorType, value: string];

const RUNS = 5;
const SPAN = { from: Date.parse('2026-03-01T00:00:00Z'), to: Date.parse('2026-03-01T00:01:00Z') };
const built = (path: string): string => new URL(`../dist/${path}`, import.meta.url).href;
const { IndicatorMatcher } = (await import(
  built('taa/domain/indicator-matcher.js')
)) as typeof import('../src/taa/domain/indicator-matcher.js');

const TYPES = ['ip', 'domain', 'url', 'file_hash', 'file_name'] as const;

/** The value number `n` of a type; the same for the same number. */
function valueOf(type: (typeof TYPES)[number], n: number): string {
  const mixed = Math.imul(n + 1, 0x9e3779b1) >>> 0;
  switch (type) {
    case 'ip':
      return [11 + (mixed >>> 28), (mixed >>> 16) & 255, (mixed >>> 8) & 255, mixed & 255].join('.');
    case 'domain':
      return `${mixed.toString(36)}.bad-${n % 997}.example`;
    case 'url':
      return `http://${mixed.toString(36)}.example/${n % 991}/index.php?id=${n}`;
    case 'file_hash':
      return mixed.toString(16).padStart(8, '0').repeat(8);
    case 'file_name':
      return `${mixed.toString(36)}-setup.exe`;
  }
}

function* indicators(count: number): Generator<Indicator> {
  for (let n = 0; n < count; n++) {
    const type = TYPES[n % TYPES.length] ?? 'ip';
    const plain = valueOf(type, n);
    const value = n % 1_000 === 0 ? plain.replace(/\.\d+$/, '.0/24') : plain;
    yield {
      indicator_id: `${n.toString(16).padStart(8, '0')}-0000-5000-8000-000000000000`,
      source: `feed-${n % 10}`,
      external_id: `indicator--${n}`,
      name: `campaign ${n % 5_000}`,
      values: [{ type, value }],
      valid_from: '2026-01-01T00:00:00.000Z',
      valid_until: n % 3 === 0 ? '2026-12-01T00:00:00.000Z' : null,
      confidence: (n % 100) / 100,
      revoked: false,
      created_at: '2026-01-01T00:00:00.000Z',
      updated_at: '2026-01-01T00:00:00.000Z',
    };
  }
}

/** What an event is looked up by. Numbers from a billion on are no indicator's. */
function lookupsOf(event: number, known: number): readonly Lookup[] {
  const other = 1_000_000_000 + event * 10;
  const hit = event % 100 === 0 ? (Math.imul(event + 1, 0x85ebca6b) >>> 0) % known : undefined;
  const hitType = hit === undefined ? undefined : TYPES[hit % TYPES.length];
  const own = (type: (typeof TYPES)[number], n: number): Lookup => [type, valueOf(type, type === hitType && hit !== undefined ? hit : n)];
  return [
    own('ip', other),
    ['ip', `10.${event & 255}.${(event >> 8) & 255}.7`],
    own('domain', other),
    ['domain', `a.b.c${event % 5_000}.example`],
    own('url', other),
    own('file_hash', other),
    ['file_hash', valueOf('file_hash', other + 1)],
    ['file_name', `C:\\Windows\\System32\\${event % 300}.exe`],
    own('file_name', other),
    ['email', `user${event % 1_000}`],
  ];
}

function usedBytes(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const { setFlagsFromString } = await import('node:v8');
setFlagsFromString('--expose-gc');
const { runInNewContext } = await import('node:vm');
globalThis.gc = runInNewContext('gc') as typeof globalThis.gc;

const count = Number(values.indicators);
const before = usedBytes();
const began = performance.now();
const matcher = new IndicatorMatcher(indicators(count));
const compileMs = performance.now() - began;
const bytes = usedBytes() - before;

const events = Array.from({ length: Number(values.events) }, (_, event) => lookupsOf(event, count));
const runs: { readonly us: number; readonly hits: number }[] = [];
for (let run = 0; run < RUNS; run++) {
  let hits = 0;
  const found = new Set<number>();
  const start = performance.now();
  for (const lookups of events) {
    found.clear();
    for (const [type, value] of lookups) matcher.lookUp(type, value, SPAN, found);
    hits += found.size;
  }
  runs.push({ us: ((performance.now() - start) * 1_000) / events.length, hits });
}
const sorted = runs.map(({ us }) => us).toSorted((a, b) => a - b);
const median = sorted[Math.floor(RUNS / 2)] ?? 0;
const text = JSON.stringify(events.slice(0, 20_000));
const parseStart = performance.now();
JSON.parse(text);
const parseUs = ((performance.now() - parseStart) * 1_000) / Math.min(20_000, events.length);

process.stdout.write(
  `${format(count)} indicators in ${(bytes / 2 ** 20).toFixed(0)} MiB, compiled in ${format(compileMs)} ms\n` +
    `${median.toFixed(2)} us/event of ${events[0]?.length ?? 0} values (median of ${RUNS}; ${sorted.map((us) => us.toFixed(2)).join(', ')}); ` +
    `JSON.parse of those values alone: ${parseUs.toFixed(2)} us\n`,
);
process.stdout.write(
  `${JSON.stringify({
    bench: 'intel',
    indicators: count,
    bytes,
    compile_ms: compileMs,
    us_per_event: median,
    us_all: sorted,
    json_parse_us: parseUs,
    hits: runs[0]?.hits,
    events: events.length,
    machine: machine(),
  })}\n`,
);
