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
  names and a user; one in a hundred holds a value that is an indicator. Sixteen events at a time are parsed from JSON, as a thread does it, and then looked
  up; both are timed. Then whole events of Sysmon with such values, as ingest reads them, are compared; what their formats tell is worked out before, as
  statistics ask for it anyway.
  --indicators N     so many indicators (default 1000000)
  --events N         so many events (default 200000)
`);
  process.exit(0);
}

type Lookup = readonly [type: IndicatorType, value: string];

const RUNS = 5;
const AT_ONCE = 16;
const SPAN = { from: Date.parse('2026-03-01T00:00:00Z'), to: Date.parse('2026-03-01T00:01:00Z') };
const built = (path: string): string => new URL(`../dist/${path}`, import.meta.url).href;
const { compileIndicators } = (await import(
  built('taa/domain/indicator-image.js')
)) as typeof import('../src/taa/domain/indicator-image.js');
const { IndicatorMatcher } = (await import(
  built('taa/domain/indicator-matcher.js')
)) as typeof import('../src/taa/domain/indicator-matcher.js');

const { EventMatcher } = (await import(built('taa/domain/event-matcher.js'))) as typeof import('../src/taa/domain/event-matcher.js');
const { isRejection, parseEvent } = (await import(built('events/parse-event.js'))) as typeof import('../src/events/parse-event.js');

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

/** An event of Sysmon that holds such values: a program started, a connection, a name looked up, or a value of the registry set. */
function sysmonEvent(event: number): string {
  const other = 1_000_000_000 + event * 10;
  const image = `C:\\Program Files\\Vendor\\${valueOf('file_name', other)}`;
  const own = [
    {
      EventID: 1,
      CommandLine: `${image} --run ${event}`,
      ParentImage: 'C:\\Windows\\explorer.exe',
      OriginalFileName: 'setup.exe',
      Hashes: `SHA256=${valueOf('file_hash', other)},MD5=${valueOf('file_hash', other + 1).slice(0, 32)}`,
    },
    {
      EventID: 3,
      SourceIp: `10.${event & 255}.0.7`,
      DestinationIp: valueOf('ip', other),
      DestinationPort: '443',
      DestinationHostname: valueOf('domain', other),
    },
    {
      EventID: 22,
      QueryName: valueOf('domain', other),
      QueryResults: `type:  5 ${valueOf('domain', other + 1)};::ffff:${valueOf('ip', other)};2001:db8::${(event & 65_535).toString(16)};`,
    },
    { EventID: 13, EventType: 'SetValue', TargetObject: `HKLM\\SOFTWARE\\Vendor\\${event % 500}\\Value`, Details: 'DWORD (0x00000001)' },
  ][event % 4];
  return JSON.stringify({ Channel: 'Microsoft-Windows-Sysmon/Operational', Computer: 'ws1.corp.example', UtcTime: '2026-03-01 00:00:00.000', Image: image, User: `CORP\\user${event % 1_000}`, ...own }); // prettier-ignore
}

/** Microseconds that comparing such an event takes, and parsing it. */
function compareEvents(texts: readonly string[]): { readonly us: number; readonly parseUs: number } {
  const whole = new EventMatcher(matcher);
  let [parseMs, matchMs] = [0, 0];
  for (let from = 0; from < texts.length; from += AT_ONCE) {
    const some = texts.slice(from, from + AT_ONCE);
    const start = performance.now();
    for (const text of some) JSON.parse(text);
    parseMs += performance.now() - start;
    const parsed = some.flatMap((text, index) => {
      const event = parseEvent(text, { index, declared: 'auto', receivedAt: SPAN.to });
      return isRejection(event) || event.normalized.time === '' ? [] : [event];
    });
    const between = performance.now();
    for (const event of parsed) whole.match(event, SPAN.to);
    matchMs += performance.now() - between;
  }
  return { us: (matchMs * 1_000) / texts.length, parseUs: (parseMs * 1_000) / texts.length };
}

/** What the arrays of a value take, those in it included. */
function bytesOf(value: unknown): number {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, inner) => sum + bytesOf(inner), 0);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

const count = Number(values.indicators);
const events = Number(values.events);
const began = performance.now();
const image = compileIndicators(indicators(count));
const compileMs = performance.now() - began;
const bytes = bytesOf(image);
const matcher = new IndicatorMatcher(image);

const texts = Array.from({ length: Math.ceil(events / AT_ONCE) }, (_, block) =>
  JSON.stringify(Array.from({ length: Math.min(AT_ONCE, events - block * AT_ONCE) }, (_, at) => lookupsOf(block * AT_ONCE + at, count))),
);
const runs: { readonly us: number; readonly parseUs: number; readonly hits: number }[] = [];
for (let run = 0; run < RUNS; run++) {
  const found = new Set<number>();
  let [hits, parseMs, lookUpMs] = [0, 0, 0];
  for (const text of texts) {
    const start = performance.now();
    const parsed = JSON.parse(text) as Lookup[][];
    const between = performance.now();
    for (const lookups of parsed) {
      found.clear();
      for (const [type, value] of lookups) matcher.lookUp(type, value, SPAN, found);
      hits += found.size;
    }
    parseMs += between - start;
    lookUpMs += performance.now() - between;
  }
  runs.push({ us: (lookUpMs * 1_000) / events, parseUs: (parseMs * 1_000) / events, hits });
}
const us = median(runs.map((run) => run.us));
const parseUs = median(runs.map((run) => run.parseUs));

const eventTexts = Array.from({ length: events }, (_, event) => sysmonEvent(event));
const compared = Array.from({ length: RUNS }, () => compareEvents(eventTexts));
const eventUs = median(compared.map((run) => run.us));
const eventParseUs = median(compared.map((run) => run.parseUs));

process.stdout.write(
  `${format(count)} indicators in ${(bytes / 2 ** 20).toFixed(0)} MiB that threads share, compiled in ${format(compileMs)} ms\n` +
    `${us.toFixed(2)} us/event of ${lookupsOf(0, count).length} values (median of ${RUNS}; ${runs.map((run) => run.us.toFixed(2)).join(', ')}); ` +
    `JSON.parse of those values in the same runs: ${parseUs.toFixed(2)} us\n` +
    `${eventUs.toFixed(2)} us/whole event of Sysmon; JSON.parse of it in the same runs: ${eventParseUs.toFixed(2)} us\n`,
);
process.stdout.write(
  `${JSON.stringify({
    bench: 'intel',
    indicators: count,
    bytes,
    compile_ms: compileMs,
    us_per_event: us,
    us_all: runs.map((run) => run.us),
    json_parse_us: parseUs,
    share_of_json_parse: us / parseUs,
    us_per_whole_event: eventUs,
    json_parse_us_whole_event: eventParseUs,
    hits: runs[0]?.hits,
    events,
    machine: machine(),
  })}\n`,
);
