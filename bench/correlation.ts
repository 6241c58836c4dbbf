import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { MatchedEvent } from '../src/ada/domain/sigma/correlation/matched-events.ts';
import type { SecurityEvent } from '../src/contracts/security-event.ts';
import type { TenantId } from '../src/contracts/tenant.ts';
import { format, machine, printTable } from './report.ts';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    groups: { type: 'string', default: '100000' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(`npm run bench:correlation -- [options]
  Counts events in the groups of a Sigma correlation, in one thread, by its processor time. Events are made in memory: no parsing, no HTTP, no store.
  --events N     how many events (default 1000000)
  --groups N     among how many groups (default 100000)
`);
  process.exit(0);
}

interface Row {
  readonly type: string;
  readonly groups: number;
  /** Events counted in a second of processor time, when their base rule is known to match. */
  readonly correlate_eps: number;
  /** The same as a share of counting the same events in a plain map, in the same run. */
  readonly share_of_map: number;
  /** The same with matching the base rule. */
  readonly detect_eps: number;
  readonly firings: number;
  readonly heap_mb: number;
  readonly snapshot_mb: number;
  readonly snapshot_ms: number;
}

const built = (path: string): string => new URL(`../dist/ada/domain/sigma/${path}`, import.meta.url).href;
const { LogsourceTaxonomy } = (await import(
  built('logsource-taxonomy.js')
)) as typeof import('../src/ada/domain/sigma/logsource-taxonomy.js');
const { parseRule } = (await import(built('parse-rule.js'))) as typeof import('../src/ada/domain/sigma/parse-rule.js');
const { parseCorrelation } = (await import(
  built('correlation/parse-correlation.js')
)) as typeof import('../src/ada/domain/sigma/correlation/parse-correlation.js');
const { linkCorrelations } = (await import(
  built('correlation/link-correlations.js')
)) as typeof import('../src/ada/domain/sigma/correlation/link-correlations.js');
const { Correlator } = (await import(
  built('correlation/correlator.js')
)) as typeof import('../src/ada/domain/sigma/correlation/correlator.js');
const { TenantCorrelations } = (await import(
  built('correlation/tenant-correlations.js')
)) as typeof import('../src/ada/domain/sigma/correlation/tenant-correlations.js');
const { encodeCorrelations } = (await import(
  built('correlation/correlation-snapshot.js')
)) as typeof import('../src/ada/domain/sigma/correlation/correlation-snapshot.js');
const { CorrelationDetector } = (await import(
  built('correlation/correlation-detector.js')
)) as typeof import('../src/ada/domain/sigma/correlation/correlation-detector.js');

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Processor time of this thread, in milliseconds: who else is at work on the machine does not count. */
function processorMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

const EVENTS = Number(values.events);
const GROUPS = Number(values.groups);
const BATCH = 1_000;
const SIGHTINGS = 250_000;
const TENANT = 'acme-corp' as TenantId;
const START = Date.UTC(2026, 0, 1);
const ORIGIN = { key: 'acme', product: 'acme' };
/** An event a millisecond, so that 200,000 are within a window. */
const TIMESPAN = '200s';
const USERS = 50;

const context = {
  compilePattern: () => {
    throw new Error('not used');
  },
  placeholders: new Map<string, readonly string[]>(),
  logsources: new LogsourceTaxonomy([]),
};
const rule = (id: string, action: string) =>
  parseRule({ title: id, id, logsource: { product: 'acme' }, detection: { s: { action }, condition: 's' } }, context);
const rules = [rule('fail', 'fail'), rule('ok', 'ok')];

/** Spreads a number over 32 bits (finaliser of MurmurHash3, public domain). */
function scramble(value: number): number {
  let mixed = Math.imul((value + 1) ^ ((value + 1) >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** An event whose fields are there already. */
class MadeEvent implements SecurityEvent {
  readonly format = 'generic';
  readonly origin = ORIGIN;
  readonly timeAssumed = false;
  readonly entities = [];
  readonly index: number;
  readonly time: number;
  private readonly fields: Readonly<Record<string, unknown>>;

  constructor(index: number, at: number) {
    this.index = index;
    const random = scramble(at);
    this.time = START + at;
    const group = random % GROUPS;
    this.fields = {
      action: random % 9 === 0 ? 'ok' : 'fail',
      ip: `10.${group >> 16}.${(group >> 8) & 255}.${group & 255}`,
      user: `user${scramble(random) % USERS}`,
      size: random % 1_000,
    };
  }

  field(name: string): unknown {
    return this.fields[name];
  }

  values(): Iterable<string> {
    return [];
  }

  get normalized(): SecurityEvent['normalized'] {
    return { time: new Date(this.time).toISOString(), format: 'generic' };
  }
}

const SECTIONS: Readonly<Record<string, Record<string, unknown>>> = {
  event_count: { rules: ['fail'], condition: { gte: 6 } },
  value_count: { rules: ['fail'], condition: { field: 'user', gte: 6 } },
  value_sum: { rules: ['fail'], condition: { field: 'size', gte: 4_000 } },
  value_percentile: { rules: ['fail'], condition: { field: 'size', percentile: 95, gte: 995 } },
  temporal: { rules: ['fail', 'ok'] },
  temporal_ordered: { rules: ['fail', 'ok'] },
};

const rows = Object.entries(SECTIONS).map(([type, section]) => measure(type, section));
printTable(
  ['type', 'groups', 'counted/s', 'x plain map', 'matched and counted/s', 'firings', 'heap MB', 'snapshot MB', 'snapshot ms'],
  rows.map((row) => [
    row.type,
    format(row.groups),
    format(row.correlate_eps),
    row.share_of_map.toFixed(3),
    format(row.detect_eps),
    format(row.firings),
    format(row.heap_mb),
    format(row.snapshot_mb),
    format(row.snapshot_ms),
  ]),
);
const least = Math.min(...rows.map(({ correlate_eps }) => correlate_eps));
process.stdout.write(
  `${JSON.stringify({ bench: 'correlation', events: EVENTS, groups: GROUPS, least_correlate_eps: least, machine: machine(), rows })}\n`,
);

function measure(type: string, section: Record<string, unknown>): Row {
  const document = { title: type, id: type, correlation: { type, timespan: TIMESPAN, 'group-by': ['ip'], ...section } };
  const { correlations: linked } = linkCorrelations(rules, [parseCorrelation(document)]);
  const correlator = new Correlator(linked);
  const detector = new CorrelationDetector({ correlations: linked, rules, limits: { groups: GROUPS, sightings: SIGHTINGS } });
  detector.init();
  collect();
  const before = process.memoryUsage().heapUsed;
  const state = new TenantCorrelations(linked, { groups: GROUPS, sightings: SIGHTINGS });
  let correlateMs = 0;
  let detectMs = 0;
  let mapMs = 0;
  const counts = new Map<unknown, number>();
  let firings = 0;
  for (let from = 0; from < EVENTS; from += BATCH) {
    const events = Array.from({ length: Math.min(BATCH, EVENTS - from) }, (_, index) => new MadeEvent(index, from + index));
    const matched: MatchedEvent[] = events.map((event) => ({ event, ruleIds: [event.field('action') as string], time: event.time }));
    const began = processorMs();
    for (const one of matched) firings += correlator.take(state, `batch-${from}`, one).length;
    state.advance(events.at(-1)?.time ?? 0);
    const counted = processorMs();
    for (const event of events) counts.set(event.field('ip'), (counts.get(event.field('ip')) ?? 0) + 1);
    mapMs += processorMs() - counted;
    correlateMs += counted - began;
  }
  collect();
  const heap = process.memoryUsage().heapUsed - before;
  const began = processorMs();
  const snapshot = encodeCorrelations(state, linked)?.length ?? 0;
  const snapshotMs = processorMs() - began;
  const groups = state.groupCount;
  for (let from = 0; from < EVENTS; from += BATCH) {
    const events = Array.from({ length: Math.min(BATCH, EVENTS - from) }, (_, index) => new MadeEvent(index, from + index));
    const batch = { batch_id: `batch-${from}`, received_at: new Date(START + EVENTS).toISOString() };
    const started = processorMs();
    detector.inspect(TENANT, events, batch);
    detectMs += processorMs() - started;
  }
  return {
    type,
    groups,
    correlate_eps: Math.round((EVENTS / correlateMs) * 1_000),
    share_of_map: Math.round((1_000 * mapMs) / correlateMs) / 1_000,
    detect_eps: Math.round((EVENTS / detectMs) * 1_000),
    firings,
    heap_mb: Math.round(heap / 1024 ** 2),
    snapshot_mb: Math.round(snapshot / 1024 ** 2),
    snapshot_ms: Math.round(snapshotMs),
  };
}
