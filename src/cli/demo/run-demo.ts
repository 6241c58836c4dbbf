import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ApiClient } from '../client/api-client.js';
import { measureAccuracy } from './accuracy.js';
import { collectOutcome } from './collect-outcome.js';
import { contain } from './contain.js';
import { DemoServer, runningTarget, type DemoTarget } from './demo-server.js';
import type { EventSupply } from './event-batch.js';
import { fileSupply } from './file-supply.js';
import { generatedSupply } from './generated-supply.js';
import { demoIndicators } from './generator/demo-indicators.js';
import { intrusionSteps } from './generator/generate-day.js';
import { ProgressLine } from './progress-line.js';
import { describeAccuracy, describeAlerts, describeIncident, describeIngest, gravest, heading, type TimelineEntry } from './report.js';
import { sendEvents } from './send-events.js';
import { settle } from './settle.js';

/** What the demo is to show. */
export interface DemoOptions {
  readonly exit: boolean;
  readonly events: readonly string[];
  readonly rules: readonly string[];
  readonly seed: number;
  readonly port: number;
  /** Credentials in the form of bootstrap.json of a deployment that runs already; left out where the demo starts one of its own. */
  readonly credentials?: string;
  /** Where that deployment's API is, where the file does not say it. */
  readonly url?: string;
}

const TENANT = 'acme-corp';
const DAY_MS = 86_400_000;

/** Shows the main job, on a fresh data directory or a deployment that runs, from events to a verified audit log. Resolves with the process's exit code. */
export async function runDemo(options: DemoOptions): Promise<number> {
  if (options.credentials !== undefined) {
    print(heading('GATRA demo'));
    const target = runningTarget(options.credentials, options.url);
    print(`  on the deployment at ${target.baseUrl}`);
    return (await show(target, { ...options, exit: true }, undefined)) ? 0 : 1;
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'gatra-demo-'));
  const server = await startServer(dataDir, options);
  try {
    const ok = await show(server.server, options, server.seconds);
    if (options.exit || !ok) return ok ? 0 : 1;
    await untilInterrupted();
    return 0;
  } finally {
    await server.server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function startServer(dataDir: string, options: DemoOptions): Promise<{ server: DemoServer; seconds: number }> {
  print(heading('GATRA demo'));
  print(`  data directory ${dataDir}`);
  const feed = join(dataDir, 'demo-indicators.txt');
  writeFileSync(feed, `${demoIndicators().join('\n')}\n`);
  const started = Date.now();
  const server = await DemoServer.start(dataDir, {
    PORT: String(options.port),
    LOG_LEVEL: 'info',
    GATRA_RULES: options.rules.map((path) => resolve(path)).join(','),
    ...(options.events.length === 0 ? { GATRA_INTEL_FEEDS: feed } : {}),
  });
  const seconds = (Date.now() - started) / 1000;
  print(`  serving at ${server.baseUrl}, ready in ${seconds.toFixed(1)} s`);
  return { server, seconds };
}

async function show(server: DemoTarget, options: DemoOptions, startSeconds: number | undefined): Promise<boolean> {
  const credentials = server.bootstrap.tenants[TENANT] ?? {};
  const client = (role: string): ApiClient => new ApiClient(server.baseUrl, credentials[role]?.api_key ?? '');
  const analyst = client('analyst');
  const day = new Date(Date.now() - DAY_MS);
  const generated = options.events.length === 0;
  const supply: EventSupply = generated ? generatedSupply(options.seed, day) : fileSupply(options.events);
  const { value: sent, seconds: ingest } = await timed('sending', (line) => sendEvents(client('collector'), supply, line));
  const { seconds: settleSeconds } = await timed('working', (line) => settle(analyst, line));
  print(describeIngest(sent, { start: startSeconds, ingest, settle: settleSeconds }, server.peakMemory()));
  const outcome = await collectOutcome(analyst);
  print(describeAlerts(outcome));
  if (generated) print(describeAccuracy(measureAccuracy(outcome.alerts, sent.attackEvents, intrusionSteps({ seed: options.seed, day }))));
  const incident = gravest(outcome);
  const timeline: TimelineEntry[] = [];
  if (incident) {
    for await (const entry of analyst.list<TimelineEntry>(`/api/v1/incidents/${incident.incident_id}/timeline`)) timeline.push(entry);
  }
  print(describeIncident(outcome, timeline));
  const audited = await contain({ outcome, client, tenant: TENANT, print });
  print(farewell(server, options));
  return audited && sent.received === sent.accepted + sent.duplicates + sent.rejected;
}

async function timed<T>(title: string, work: (line: ProgressLine) => Promise<T>): Promise<{ value: T; seconds: number }> {
  const line = new ProgressLine(title, undefined);
  const started = performance.now();
  try {
    const value = await work(line);
    return { value, seconds: (performance.now() - started) / 1000 };
  } finally {
    line.end();
  }
}

function farewell(server: DemoTarget, { exit, credentials }: DemoOptions): string {
  if (credentials !== undefined) return '\nDone.';
  if (exit) return '\nDone; the app stops and its data directory is removed.';
  return [
    heading('Look around'),
    `  API description   ${server.baseUrl}/docs`,
    `  health            ${server.baseUrl}/health`,
    `  credentials       ${server.credentials} (every api_key is exchanged for a token)`,
    `  log in            curl -s -X POST -H "X-API-Key: $KEY" ${server.baseUrl}/api/v1/auth/token`,
    '  then              paste access_token into Authorize at /docs',
    '  stop with Ctrl-C; the data directory goes with it',
  ].join('\n');
}

function untilInterrupted(): Promise<void> {
  return new Promise((done) => {
    process.once('SIGINT', () => done());
    process.once('SIGTERM', () => done());
  });
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
