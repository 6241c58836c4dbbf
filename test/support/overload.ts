import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LoadBatches } from '../../src/cli/load/load-batches.js';
import { LoadClient } from '../../src/cli/load/load-client.js';
import type { LoadReport } from '../../src/cli/load/load-report.js';
import { BuiltApp } from './built-app.js';
import { runGatra } from './run-gatra.js';

const TENANT = 'acme-corp';
const BATCH = 500;
const POOL = 40;
const AT_ONCE = 8;
const TIMES = 10;
const ASK_EVERY_MS = 50;
/** So many in a row show that everything is taken again. */
const IN_A_ROW = 20;

/** What an overload came to. */
export interface Overload {
  /** Requests a second, with a few at a time. */
  readonly peak: number;
  /** Requests a second that succeeded while ten times as many were sent; the first two seconds are left out. */
  readonly goodput: number;
  readonly sent: number;
  readonly attempts: Readonly<Record<string, number>>;
  /** Requests of the critical class, and those of them that were answered. */
  readonly critical: { readonly asked: number; readonly answered: number };
  readonly loopDelayP99Ms: number;
  /** Until every request was taken again. */
  readonly recoveryMs: number;
  readonly remainder: number;
  /** Requests turned away, as the metrics count them. */
  readonly turnedAway: number;
}

/** Measures what an app can take, sends it ten times as much for some seconds, and looks at what becomes of it. */
export async function overload({ peakSeconds, seconds }: { readonly peakSeconds: number; readonly seconds: number }): Promise<Overload> {
  const app = await BuiltApp.start({ asShipped: true });
  const client = new LoadClient({ baseUrl: app.baseUrl, connections: AT_ONCE, retries: 0, gzip: true });
  try {
    const events = join(app.dataDir, 'overload.ndjson');
    writeFileSync(events, eventLines());
    const batches = new LoadBatches({ size: BATCH, gzip: true, files: [events], from: new Date(), seed: 0, pool: POOL });
    await batches.prepare();
    const key = app.apiKey(TENANT, 'collector');
    await closedLoop(client, key, batches, 1);
    const peak = await closedLoop(client, key, batches, peakSeconds);
    const operator = { Authorization: `Bearer ${await app.token('platform')}` };
    const analyst = { Authorization: `Bearer ${await app.token(TENANT, 'analyst')}` };
    const before = await metricsOf(app, operator);

    const over = { isOver: false };
    const critical = askCritical(app, { operator, analyst }, over);
    const sending = await runGatra(
      [
        'load',
        '--credentials',
        `${app.dataDir}/bootstrap.json`,
        '--tenant',
        TENANT,
        '--stages',
        `${Math.ceil(peak * TIMES)}:${seconds}`,
        '--batch',
        String(BATCH),
        '--gzip',
        // As many as wait longer than anybody should, however fast the machine is.
        '--connections',
        '900',
        '--pool',
        String(POOL),
        '--events',
        events,
        '--json',
        '-',
      ],
      {},
    );
    over.isOver = true;
    const after = await metricsOf(app, operator);
    if (sending.out === '') throw new Error(sending.err);
    const report = JSON.parse(sending.out) as LoadReport;
    const recoveryMs = await recovery(client, key, batches);
    const settled = report.each_second.slice(2, seconds);
    const goodput = settled.reduce((sum, { ok }) => sum + ok, 0) / Math.max(1, settled.length);
    const { remainder } = (await (await fetch(`${app.baseUrl}/api/v1/accounting`, { headers: analyst })).json()) as { remainder: number };
    const { attempts, requests } = report;
    const turnedAway = turnedAwayBy(after) - turnedAwayBy(before);
    const loopDelayP99Ms = loopDelayP99(after);
    return { peak, goodput, sent: requests.due, attempts, critical: await critical, loopDelayP99Ms, recoveryMs, remainder, turnedAway };
  } finally {
    client.close();
    await app.stop();
  }
}

/** Events without an identity, so that none is a duplicate however often it is sent. */
function eventLines(): string {
  const line = (n: number): string => {
    const message = `Nov 21 10:00:00 web01 sshd[${n % 32_768}]: Accepted password for user${n % 97} from 10.0.${n % 13}.${n % 251} port ${1_024 + n} ssh2`;
    return JSON.stringify({ message, hostname: `web${n % 40}` });
  };
  return Array.from({ length: BATCH * POOL }, (_, n) => line(n)).join('\n');
}

/** Requests a second that succeed, a few at a time. */
async function closedLoop(client: LoadClient, key: string, batches: LoadBatches, seconds: number): Promise<number> {
  const begun = performance.now();
  const until = begun + seconds * 1_000;
  let ok = 0;
  const sender = async (): Promise<void> => {
    while (performance.now() < until) if ((await client.deliver(key, await batches.next())).ok) ok += 1;
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
  return ok / ((performance.now() - begun) / 1_000);
}

type Headers = Readonly<Record<string, string>>;

async function askCritical(
  { baseUrl }: BuiltApp,
  { operator, analyst }: { readonly operator: Headers; readonly analyst: Headers },
  over: { readonly isOver: boolean },
): Promise<Overload['critical']> {
  const asks: readonly (readonly [string, Headers])[] = [
    ['/health/live', {}],
    ['/health/ready', {}],
    ['/api/v1/approvals', analyst],
    ['/api/v1/containment/actions', analyst],
    ['/admin/rate-limit/status', operator],
  ];
  const count = { asked: 0, answered: 0 };
  while (!over.isOver) {
    const [path, headers] = asks[count.asked % asks.length] ?? ['', {}];
    count.asked += 1;
    const answer = await fetch(`${baseUrl}${path}`, { headers, signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.status === 200) count.answered += 1;
    await sleep(ASK_EVERY_MS);
  }
  return count;
}

async function recovery(client: LoadClient, key: string, batches: LoadBatches): Promise<number> {
  const begun = performance.now();
  let row = 0;
  let recovered = begun;
  while (row < IN_A_ROW && performance.now() < begun + 60_000) {
    const { ok } = await client.deliver(key, await batches.next());
    row = ok ? row + 1 : 0;
    if (!ok) recovered = performance.now();
  }
  return row < IN_A_ROW ? Number.POSITIVE_INFINITY : recovered - begun;
}

/** The metrics; the event loop's delay is that since they were last asked for. */
async function metricsOf({ baseUrl }: BuiltApp, headers: Headers): Promise<string> {
  return (await fetch(`${baseUrl}/metrics`, { headers })).text();
}

function loopDelayP99(metrics: string): number {
  return Number(/^\w*eventloop_lag_p99_seconds (\S+)$/m.exec(metrics)?.[1] ?? Number.NaN) * 1_000;
}

/** Ingest requests turned away at the door, and behind it because too many were under way. */
function turnedAwayBy(metrics: string): number {
  const counts = metrics.matchAll(/^(?:requests_shed_total\{class="ingest"\}|ingest_saturated_total\{[^}]*\}) (\d+)$/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}
