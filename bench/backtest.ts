import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { loadLines } from './event-lines.ts';
import { sendBatches, sendSteadily, type SteadyResult } from './load.ts';
import { format, machine, printTable } from './report.ts';
import { startServer, type Server } from './server.ts';

const { values } = parseArgs({
  options: {
    events: { type: 'string' },
    history: { type: 'string', default: '60000' },
    steady: { type: 'string', default: '10000' },
    eps: { type: 'string', default: '1500' },
    rounds: { type: 'string', default: '3' },
    indicators: { type: 'string', default: '0' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(`npm run bench:backtest -- [options]
  What a back-test of a rule looks at a second, and what ingest feels of it: events are sent at a steady rate, in turn alone and beside back-tests that
  follow one another.
  --events DIR    NDJSON files (.gz or not) to send; by default what the project's generator makes
  --history N     events that are stored before (default 60000)
  --steady N      events of each part of a round (default 10000)
  --eps N         their rate (default 1500)
  --rounds N      (default 3)
  --indicators N  instead of back-tests, compare what is stored with so many indicators of domains, none of which is in any event
`);
  process.exit(0);
}

const RULE = `title: A shell that downloads
logsource: { product: windows, category: process_creation }
detection:
  selection: { CommandLine|contains: [http, ftp], Image|endswith: ['\\powershell.exe', '\\cmd.exe'] }
  condition: selection
level: medium
`;
const BATCH = 20;

/** Of a back-test, or of a comparison with indicators. */
interface Result {
  readonly state: string;
  readonly progress: { readonly events_scanned?: number; readonly events_compared?: number };
  readonly rules?: readonly { readonly us_per_event: number | null }[];
}

const indicators = Number(values.indicators);
const SPAN = { from: '2026-01-01', to: '2026-12-31' };
const WHAT = indicators > 0 ? 'comparison' : 'back-test';
const [PATH, ORDER] = indicators > 0 ? ['/api/v1/retro-matches', SPAN] : ['/api/v1/rule-backtests', { document: RULE, ...SPAN }];

/** Back-tests, or comparisons, one after another, over all that is stored. */
class Backtests {
  scanned = 0;
  micros: number | null = null;
  private seconds = 0;
  private isStopped = false;

  private readonly server: Server;

  constructor(server: Server) {
    this.server = server;
  }

  /** Events looked at a second. */
  get rate(): number {
    return Math.round(this.scanned / this.seconds);
  }

  async run(): Promise<void> {
    this.isStopped = false;
    const headers = { ...(await this.server.bearer('analyst')), 'content-type': 'application/json' };
    const body = JSON.stringify(ORDER);
    while (!this.isStopped) {
      const begun = performance.now();
      const started = await fetch(this.server.baseUrl + PATH, { method: 'POST', headers, body });
      if (started.status !== 202) throw new Error(`${PATH} was answered ${started.status}: ${await started.text()}`);
      const path = this.server.baseUrl + (started.headers.get('location') ?? '');
      const { progress, rules } = await this.ended(path, headers);
      this.scanned += progress.events_scanned ?? progress.events_compared ?? 0;
      this.micros = rules?.[0]?.us_per_event ?? null;
      this.seconds += (performance.now() - begun) / 1_000;
    }
  }

  stop(): void {
    this.isStopped = true;
  }

  private async ended(path: string, headers: Record<string, string>): Promise<Result> {
    for (;;) {
      const result = (await (await fetch(path, { headers })).json()) as Result;
      if (result.state === 'done') return result;
      if (result.state !== 'queued' && result.state !== 'running') throw new Error(`${path} has ${result.state}`);
      await sleep(100);
    }
  }
}

const [history, steady, eps, rounds] = [values.history, values.steady, values.eps, values.rounds].map(Number) as [
  number,
  number,
  number,
  number,
];
const lines = await loadLines(values.events, history + 2 * rounds * steady);
const dataDir = mkdtempSync(join(tmpdir(), 'gatra-bench-'));
const server = await startServer({ dataDir, rules: undefined, workers: '1', cpuProfile: undefined });
try {
  await server.loadIndicators(indicators);
  await sendBatches([server], lines.slice(0, history), { batch: 500, inFlight: 4 });
  const backtests = new Backtests(server);
  let from = history;
  const next = (): string[] => lines.slice(from, (from += steady));
  const rows: { readonly alone: SteadyResult; readonly beside: SteadyResult }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const alone = await sendSteadily(server, next(), { batch: BATCH, eps });
    const running = backtests.run();
    const beside = await sendSteadily(server, next(), { batch: BATCH, eps });
    backtests.stop();
    await running;
    rows.push({ alone, beside });
  }
  const cells = (name: string, { p50Ms, p99Ms }: SteadyResult): string[] => [name, p50Ms.toFixed(1), p99Ms.toFixed(1)];
  printTable(
    [`at ${format(eps)} events/s`, 'p50 ms', 'p99 ms'],
    rows.flatMap(({ alone, beside }) => [cells('alone', alone), cells(`beside ${WHAT}s`, beside)]),
  );
  const found = { backtest_eps: backtests.rate, scanned: backtests.scanned, us_per_event: backtests.micros };
  process.stdout.write(`a ${WHAT} looks at ${format(found.backtest_eps)} events/s\n`);
  process.stdout.write(`${JSON.stringify({ bench: 'backtest', machine: machine(), eps, indicators, ...found, rows })}\n`);
} finally {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
