import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TenantId } from '../../src/contracts/tenant.js';
import { ingestLockPath, tenantDirectoryPath } from '../../src/platform/storage/data-directory.js';
import { ProcessLock } from '../../src/platform/storage/process-lock.js';
import type { BuiltApp } from './built-app.js';
import { eventually } from './eventually.js';

/** Requests that a tenant may have under way; five times as many are sent. */
const PLACES = 256;
const TIMES = 5;
/** With these the bytes that a tenant may have under way are nearly all taken too. */
const BODY_BYTES = 120_000;
const AT_ONCE = 4;
const LOCK_MS = 10_000;
/** A consumer stands still no longer than whoever waits for it has patience. */
const HELD_MS = 20_000;
const FILLED_MS = 30_000;

/** What became of a request. */
export interface Answered {
  readonly status: number;
  readonly batchId: string | undefined;
  readonly retryAfter: string | null;
  readonly ms: number;
}

/** Sends one event that matches the marked rule. */
async function sendEvent(app: BuiltApp, tenant: TenantId, number: number, bytes: number): Promise<Answered> {
  const begun = performance.now();
  const body = `{"EventID":1,"Computer":"ws-${number}","marker":"rule-me","filler":"${'x'.repeat(bytes)}"}`;
  const headers = { 'X-API-Key': app.apiKey(tenant, 'collector'), 'Content-Type': 'application/x-ndjson' };
  const answer = await fetch(`${app.baseUrl}/api/v1/events?source=windows`, { method: 'POST', headers, body });
  const { batch_id: batchId } = (await answer.json()) as { batch_id?: string };
  return { status: answer.status, batchId, retryAfter: answer.headers.get('retry-after'), ms: performance.now() - begun };
}

/** Ingest requests that an app has under way. */
async function underWay(app: BuiltApp, operator: string): Promise<number> {
  const metrics = await fetch(`${app.baseUrl}/metrics`, { headers: { Authorization: `Bearer ${operator}` } });
  return Number(/^ingest_in_flight_requests (\d+)$/m.exec(await metrics.text())?.[1]);
}

/** Memory of the app's process, in MiB. */
function residentMiB(app: BuiltApp): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${app.process.pid}/status`, 'utf8'))?.[1]) / 1_024;
}

/** Whoever takes the events further, and can be stopped: the store of events, or what makes alerts of them and triages those. */
const CONSUMERS = {
  'the store': async (app: BuiltApp, tenant: TenantId, meanwhile: () => Promise<void>): Promise<void> => {
    const lock = new ProcessLock(ingestLockPath(app.dataDir, tenant));
    await lock.exclusively(meanwhile);
    lock.close();
  },
  triage: async (app: BuiltApp, tenant: TenantId, meanwhile: () => Promise<void>): Promise<void> => {
    const cases = new DatabaseSync(join(tenantDirectoryPath(app.dataDir, tenant), 'cases.db'), { timeout: LOCK_MS });
    cases.exec('BEGIN IMMEDIATE');
    await meanwhile().finally(() => cases.close());
  },
} as const;

/** The 99th percentile. */
export function p99Of(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0;
}

/** What came of sending far more than can be taken. */
export interface Flooded {
  /** Requests: five times as many as have a place, fewer only where the machine is too slow for that. */
  readonly sent: number;
  readonly acknowledged: readonly Answered[];
  readonly refused: readonly Answered[];
  /** The most memory that the app's process had. */
  readonly peakMiB: number;
  /** Of the refusals, in milliseconds. */
  readonly p99: number;
}

/** Stops a consumer, sends five times as many requests as have a place, and lets it go on. */
export async function flood(app: BuiltApp, tenant: TenantId, consumer: keyof typeof CONSUMERS): Promise<Flooded> {
  const operator = await app.token('platform');
  const answered: Answered[] = [];
  const held: Promise<unknown>[] = [];
  let peakMiB = 0;
  let sent = PLACES;
  await CONSUMERS[consumer](app, tenant, async () => {
    const until = Date.now() + HELD_MS;
    for (let n = 0; n < PLACES; n += 1) held.push(sendEvent(app, tenant, n, BODY_BYTES).then((answer) => answered.push(answer)));
    await eventually(async () => expect(answered.length + (await underWay(app, operator))).toBeGreaterThanOrEqual(PLACES), FILLED_MS);
    for (; sent < PLACES * TIMES && Date.now() < until; sent += AT_ONCE) {
      const first = sent;
      answered.push(...(await Promise.all(Array.from({ length: AT_ONCE }, (_, at) => sendEvent(app, tenant, first + at, 10)))));
      peakMiB = Math.max(peakMiB, residentMiB(app));
    }
  });
  await Promise.all(held);
  const refused = answered.filter(({ status }) => status !== 202);
  return {
    sent,
    acknowledged: answered.filter(({ status }) => status === 202),
    refused,
    peakMiB: Math.max(peakMiB, residentMiB(app)),
    p99: p99Of(refused.map(({ ms }) => ms)),
  };
}

/** Whatever was not taken was refused with when to come again, and whatever was taken is there, inspected, and has become its alert. */
export async function expectNothingDropped(app: BuiltApp, tenant: TenantId, { sent, acknowledged, refused }: Flooded): Promise<void> {
  expect(acknowledged.length + refused.length).toBe(sent);
  expect(refused.filter(({ status, retryAfter }) => ![429, 503].includes(status) || !(Number(retryAfter) >= 1))).toEqual([]);
  const headers = { Authorization: `Bearer ${await app.token(tenant, 'viewer')}` };
  for (const { batchId } of acknowledged) {
    await eventually(async () => {
      const receipt = await fetch(`${app.baseUrl}/api/v1/events/batches/${batchId}`, { headers });
      expect(await receipt.json()).toMatchObject({ received: 1, accepted: 1, inspected: true, alerts_pending: false });
    }, 60_000);
  }
}
