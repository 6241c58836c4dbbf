import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BuiltApp } from './built-app.js';
import type { SendingPlan, SendingReport } from './event-sender.js';
import { percentile } from './paired-load.js';

/** Both tenants are limited to this; the victim uses a fifth of it, the aggressor asks for ten times as much. */
const QUOTA_EPS = 1_000;
/** Below this the disk's own syncs and what else the machine does decide, not the neighbour. */
const NOISE_MS = 50;
const LONGEST_MS = 250;
const VICTIM = { everyMs: 25, events: 5, padding: 0, atOnce: 256 };
/** Ten bodies of 9 MB a second, each of a second's quota. */
const AGGRESSOR = { everyMs: 100, events: QUOTA_EPS, padding: 9_000, atOnce: 8, yields: true };
/** So much earlier the aggressor begins. */
const LEAD_MS = 1_000;

/** What a victim met: answers and throughput over all rounds, of each time the middle round's, so that one that the machine spoilt does not decide. */
export interface Met {
  readonly planned: number;
  readonly answers: Readonly<Record<string, number>>;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

/** What was measured: the victim by itself and beside the aggressor, in turn. */
export interface Neighbourhood {
  readonly alone: Met;
  readonly beside: Met;
  readonly flood: { readonly planned: number; readonly answers: Readonly<Record<string, number>> };
}

/** Measures in pairs of `measuredMs`, each alone and then beside, an odd number of times. */
export async function measureNeighbourhood(app: BuiltApp, rounds: number, measuredMs: number): Promise<Neighbourhood> {
  const [quiet, loud] = [await tenantWithKey(app, 'quiet'), await tenantWithKey(app, 'loud')];
  const victim = { key: quiet, ...VICTIM, forMs: measuredMs };
  await sendFrom(app, { ...victim, forMs: 1_000 });
  const [alone, beside, floods]: [SendingReport[], SendingReport[], SendingReport[]] = [[], [], []];
  for (let round = 0; round < rounds; round += 1) {
    alone.push(await sendFrom(app, victim));
    const flood = sendFrom(app, { key: loud, ...AGGRESSOR, forMs: measuredMs + LEAD_MS });
    await sleep(LEAD_MS);
    beside.push(await sendFrom(app, victim));
    floods.push(await flood);
  }
  return { alone: metBy(alone), beside: metBy(beside), flood: metBy(floods) };
}

/**
 * No error, 99 % of the throughput, and a latency that holds on a machine that does other things besides: the median at most twice what it was, the
 * p99 at most 250 ms.
 */
export function expectServed({ alone, beside, flood }: Neighbourhood): void {
  expect(flood.answers['429'] ?? 0).toBeGreaterThan(flood.planned / 2);
  expect(flood.answers['202'] ?? 0).toBeGreaterThan(0);
  expect(alone.answers).toEqual({ 202: alone.planned });
  expect(beside.answers).toEqual({ 202: beside.planned });
  expect(beside.perSecond).toBeGreaterThanOrEqual(0.99 * alone.perSecond);
  expect(beside.p50).toBeLessThanOrEqual(Math.max(2 * alone.p50, NOISE_MS));
  expect(beside.p99).toBeLessThanOrEqual(LONGEST_MS);
}

/** Besides, the design's p99: at most twice what it was, and never more than 250 ms. */
export function expectUnharmed(met: Neighbourhood): void {
  expectServed(met);
  expect(met.beside.p99).toBeLessThanOrEqual(Math.min(LONGEST_MS, 2 * met.alone.p99));
}

function metBy(reports: readonly SendingReport[]): Met {
  const answers: Record<string, number> = {};
  for (const report of reports) {
    for (const [status, count] of Object.entries(report.answers)) answers[status] = (answers[status] ?? 0) + count;
  }
  const planned = reports.reduce((sum, report) => sum + report.planned, 0);
  const seconds = reports.reduce((sum, report) => sum + report.tookMs, 0) / 1_000;
  const middle = (share: number): number =>
    percentile(
      reports.map(({ times }) => percentile(times, share)),
      0.5,
    );
  return { planned, answers, perSecond: planned / seconds, p50: middle(0.5), p99: middle(0.99), longest: middle(1) };
}

async function tenantWithKey(app: BuiltApp, tenant: string): Promise<string> {
  const operator = await app.token('platform');
  const post = async (path: string, body: unknown): Promise<unknown> => {
    const headers = { Authorization: `Bearer ${operator}`, 'Content-Type': 'application/json' };
    return (await fetch(`${app.baseUrl}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).json();
  };
  const rate_limits = { ingest_eps: QUOTA_EPS, ingest_burst: QUOTA_EPS, alerts_per_min: 600 };
  await post('/api/v1/tenants', { tenant_id: tenant, name: tenant, rate_limits });
  const made = await post(`/api/v1/tenants/${tenant}/api-keys`, { principal: `collector@${tenant}`, roles: ['collector'] });
  return (made as { api_key: string }).api_key;
}

/** Sends from a process of its own, so that nobody measures himself. */
function sendFrom({ baseUrl: url }: BuiltApp, plan: Omit<SendingPlan, 'url'>): Promise<SendingReport> {
  return new Promise((resolve, reject) => {
    const sender = spawn(process.execPath, ['--no-warnings', 'test/support/event-sender.ts', JSON.stringify({ url, ...plan })], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    sender.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    sender.once('close', (code) =>
      code === 0 ? resolve(JSON.parse(printed) as SendingReport) : reject(new Error(`the sender ended with ${code}`)),
    );
  });
}
