import { parseArgs } from 'node:util';
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
  Counts events in the groups of a Sigma correlation, in one thread. Events are made in memory: no parsing, no HTTP, no store.
  --events N     how many events (default 1000000)
  --groups N     among how many groups (default 100000)
`);
  process.exit(0);
}

interface Row {
  readonly type: string;
  readonly groups: number;
  /** Events counted in a second, when their base rule is known to match. */
  readonly correlate_eps: number;
  /** The same with matching the base rule. */
  readonly detect_eps: number;
  readonly firings: number;
  readonly heap_mb: number;
  readonly snapshot_mb: number;
  readonly snapshot_ms: number;
}

const built = (path: string): string => new URL(`../dist/ada/domain/sigma/${path}`, import.meta.url).href;
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

const EVENTS = Number(values.events);
const GROUPS = Number(values.groups);
const BATCH = 1_000;
const TENANT = 'acme-corp' as TenantId;
const START = Date.UTC(2026, 0, 1);
const ORIGIN = { key: 'acme', product: 'acme' };
const EACH_MS = 0.05;
const USERS = 50;

const context = {
  compilePattern: () => {
    throw new Error('not used');
  },
  placeholders: new Map<string, readonly string[]>(),
};
const rule = (id: string, action: string) =>
  parseRule({ title: id, id, logsource: { product: 'acme' }, detection: { s: { action }, condition: 's' } }, context);
const rules = [rule('fail', 'fail'), rule('ok', 'ok')];

/** An event whose fields are there already. */
class MadeEvent implements SecurityEvent {
  readonly format = 'generic';
  readonly origin = ORIGIN;
  readonly timeAssumed = false;
  readonly entities = [];
  readonly time: number;
  private readonly fields: Readonly<Record<string, unknown>>;

  constructor(
    readonly index: number,
    at: number,
  ) {
    const random = Math.imul(at + 1, 0x9e37_79b1) >>> 0;
    this.time = START + at * EACH_MS;
    const group = random % GROUPS;
    this.fields = {
      action: at % 8 === 0 ? 'ok' : 'fail',
      ip: `10.${group >> 16}.${(group >> 8) & 255}.${group & 255}`,
      user: `user${(random >>> 8) % USERS}`,
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
  event_count: { rules: ['fail'], condition: { gte: 100 } },
  value_count: { rules: ['fail'], condition: { field: 'user', gte: 20 } },
  value_sum: { rules: ['fail'], condition: { field: 'size', gte: 50_000 } },
  value_percentile: { rules: ['fail'], condition: { field: 'size', percentile: 95, gte: 1_000 } },
  temporal: { rules: ['fail', 'ok'] },
  temporal_ordered: { rules: ['fail', 'ok'] },
};

const rows = Object.entries(SECTIONS).map(([type, section]) => measure(type, section));
printTable(
  ['type', 'groups', 'counted/s', 'matched and counted/s', 'firings', 'heap MB', 'snapshot MB', 'snapshot ms'],
  rows.map((row) => [
    row.type,
    format(row.groups),
    format(row.correlate_eps),
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
  const document = { title: type, id: type, correlation: { type, timespan: '10m', 'group-by': ['ip'], ...section } };
  const { correlations: linked } = linkCorrelations(rules, [parseCorrelation(document)]);
  const correlator = new Correlator(linked);
  const detector = new CorrelationDetector({ correlations: linked, rules, limits: { groups: GROUPS, sightings: EVENTS } });
  detector.init();
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const state = new TenantCorrelations(linked, { groups: GROUPS, sightings: EVENTS });
  let correlateMs = 0;
  let detectMs = 0;
  let firings = 0;
  for (let from = 0; from < EVENTS; from += BATCH) {
    const events = Array.from({ length: Math.min(BATCH, EVENTS - from) }, (_, index) => new MadeEvent(index, from + index));
    const matched: MatchedEvent[] = events.map((event) => ({ event, ruleIds: [event.field('action') as string], time: event.time }));
    const began = performance.now();
    for (const one of matched) firings += correlator.take(state, `batch-${from}`, one).length;
    state.advance(events.at(-1)?.time ?? 0);
    correlateMs += performance.now() - began;
  }
  globalThis.gc?.();
  const heap = process.memoryUsage().heapUsed - before;
  const began = performance.now();
  const snapshot = encodeCorrelations(state, linked)?.length ?? 0;
  const snapshotMs = performance.now() - began;
  const groups = state.groupCount;
  for (let from = 0; from < EVENTS; from += BATCH) {
    const events = Array.from({ length: Math.min(BATCH, EVENTS - from) }, (_, index) => new MadeEvent(index, from + index));
    const batch = { batch_id: `batch-${from}`, received_at: new Date(START + EVENTS).toISOString() };
    const started = performance.now();
    detector.inspect(TENANT, events, batch);
    detectMs += performance.now() - started;
  }
  return {
    type,
    groups,
    correlate_eps: Math.round((EVENTS / correlateMs) * 1_000),
    detect_eps: Math.round((EVENTS / detectMs) * 1_000),
    firings,
    heap_mb: Math.round(heap / 1024 ** 2),
    snapshot_mb: Math.round(snapshot / 1024 ** 2),
    snapshot_ms: Math.round(snapshotMs),
  };
}
