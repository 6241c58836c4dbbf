import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadLines } from './event-lines.ts';
import { sendBatches, sendSteadily, type LoadResult, type SteadyResult } from './load.ts';
import { meanLength, measureParse } from './parse-rate.ts';
import { format, machine, printTable } from './report.ts';
import { startServer, type Server } from './server.ts';

const { values } = parseArgs({
  options: {
    events: { type: 'string' },
    rules: { type: 'string' },
    batches: { type: 'string', default: '100,500' },
    'in-flight': { type: 'string', default: '8' },
    'max-events': { type: 'string', default: '200000' },
    indicators: { type: 'string', default: '10000' },
    workers: { type: 'string' },
    'cpu-prof': { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(`npm run bench:ingest -- [options]
  All of detection over HTTP, durable: rules, statistics, anomalies, triage with indicators. Four fifths of the events are sent as fast as they are
  taken, the others at half that rate.
  --events DIR       NDJSON files (.gz or not) to send; by default what the project's generator makes
  --rules PATH       measure with these rules too, besides the starter pack
  --batches 100,500  events a request
  --in-flight 8      requests at a time
  --max-events N     send at most so many events (default 200000)
  --indicators N     indicators that the tenant has (default 10000)
  --workers N        worker threads of the app
  --cpu-prof DIR     write CPU profiles of the app there
`);
  process.exit(0);
}

const inFlight = Number(values['in-flight']);
const sizes = values.batches.split(',').map(Number);
const lines = await loadLines(values.events, Number(values['max-events']));
const parseRate = measureParse(lines);
const meanBytes = meanLength(lines);
process.stdout.write(
  `${format(lines.length)} events of ${format(meanBytes)} bytes; JSON.parse of them in one thread: ${format(parseRate)} events/s\n\n`,
);

interface Row extends LoadResult {
  readonly rules: string;
  readonly batch: number;
  readonly ratio: number;
  readonly peakRssMb: number;
  readonly remainder: number;
  readonly halfLoad: SteadyResult;
}

const rows: Row[] = [];
for (const rules of [undefined, ...(values.rules === undefined ? [] : [resolve(values.rules)])]) {
  for (const batch of sizes) rows.push(await measure(rules, batch));
}
print(rows);
process.stdout.write(
  `${JSON.stringify({ bench: 'ingest', events: lines.length, indicators: Number(values.indicators), mean_bytes: meanBytes, json_parse_eps: parseRate, machine: machine(), rows })}\n`,
);

/** Every case has a fresh server and a fresh data directory, and sends every event once, so that none is a duplicate of an earlier case. */
async function measure(rules: string | undefined, batch: number): Promise<Row> {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatra-bench-'));
  let server: Server | undefined;
  try {
    server = await startServer({ dataDir, rules, workers: values.workers, cpuProfile: values['cpu-prof'] });
    await server.loadIndicators(Number(values.indicators));
    const most = Math.floor(lines.length * 0.8);
    const result = await sendBatches([server], lines.slice(0, most), { batch, inFlight });
    const halfLoad = await sendSteadily(server, lines.slice(most), { batch, eps: result.eps / 2 });
    const remainder = await server.remainder();
    const peakRssMb = peakRss(server.pid);
    return {
      rules: rules === undefined ? 'starter' : 'starter + given',
      batch,
      ...result,
      ratio: result.eps / parseRate,
      peakRssMb,
      remainder,
      halfLoad,
    };
  } finally {
    await server?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Most memory that a process has had, in MB (Linux). */
function peakRss(pid: number): number {
  const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kilobytes ?? 0) / 1_024);
}

function print(results: readonly Row[]): void {
  const head = [
    'rules',
    'batch',
    'events/s',
    'x JSON.parse',
    'p50 ms',
    'p99 ms',
    'peak RSS MB',
    'accepted',
    'duplicates',
    'alerts',
    'unaccounted',
    'half load: p50 ms',
    'p99 ms',
    'p99 ms to alert',
  ];
  const body = results.map((row) => [
    row.rules,
    String(row.batch),
    format(row.eps),
    row.ratio.toFixed(3),
    row.p50Ms.toFixed(1),
    row.p99Ms.toFixed(1),
    format(row.peakRssMb),
    format(row.accepted),
    format(row.duplicates),
    format(row.alerts),
    format(row.remainder),
    ...[row.halfLoad.p50Ms, row.halfLoad.p99Ms, row.halfLoad.alertP99Ms].map((ms) => ms.toFixed(1)),
  ]);
  printTable(head, body);
}
