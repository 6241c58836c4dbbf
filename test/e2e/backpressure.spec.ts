import { readFileSync } from 'node:fs';
import { toTenantId } from '../../src/contracts/tenant.js';
import { ingestLockPath } from '../../src/platform/storage/data-directory.js';
import { ProcessLock } from '../../src/platform/storage/process-lock.js';
import { BuiltApp } from '../support/built-app.js';
import { eventually } from '../support/eventually.js';

const TENANT = toTenantId('acme-corp');
/** Requests that a tenant may have under way; five times as many are sent. */
const PLACES = 128;
/** Requests that find no place. */
const BEYOND = 12;
/** Requests that take the last places. */
const FEW = 8;
const BODY_BYTES = 200_000;
const MOST_RSS_MIB = 512;
const REFUSAL_P99_MS = 50;

interface Answered {
  readonly status: number;
  readonly batchId: string | undefined;
  readonly retryAfter: string | null;
  readonly ms: number;
}

describe('back-pressure', () => {
  let app: BuiltApp;
  beforeAll(async () => (app = await BuiltApp.start()));
  afterAll(() => app.stop());

  const send = async (host: string, bytes: number): Promise<Answered> => {
    const begun = performance.now();
    const headers = { 'X-API-Key': app.apiKey(TENANT, 'collector'), 'Content-Type': 'application/x-ndjson' };
    const body = `{"host":"${host}","filler":"${'x'.repeat(bytes)}"}`;
    const answer = await fetch(`${app.baseUrl}/api/v1/events`, { method: 'POST', headers, body });
    const text = (await answer.json()) as { batch_id?: string };
    const ms = performance.now() - begun;
    return { status: answer.status, batchId: text.batch_id, retryAfter: answer.headers.get('retry-after'), ms };
  };
  const underWay = async (operator: string): Promise<number> => {
    const metrics = await fetch(`${app.baseUrl}/metrics`, { headers: { Authorization: `Bearer ${operator}` } });
    return Number(/^ingest_in_flight_requests (\d+)$/m.exec(await metrics.text())?.[1]);
  };
  const residentMiB = (): number => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${app.process.pid}/status`, 'utf8'))?.[1]) / 1_024;

  it('DUR-08 while nothing is stored, what is too much is refused at once, memory stays bounded, and all that is acknowledged is there', async () => {
    const operator = await app.token('platform');
    const lock = new ProcessLock(ingestLockPath(app.dataDir, TENANT));
    const refused: Answered[] = [];
    const answered: Answered[] = [];
    let held: Promise<unknown> = Promise.resolve();
    let rss = 0;
    await lock.exclusively(async () => {
      const begin = (count: number, bytes: number): Promise<unknown>[] =>
        Array.from({ length: count }, async (_, n) => answered.push(await send(`held-${bytes}-${n}`, bytes)));
      const large = begin(PLACES - FEW, BODY_BYTES);
      await eventually(async () => expect(await underWay(operator)).toBe(PLACES - FEW));
      held = Promise.all([...large, ...begin(FEW + BEYOND, 10)]);
      // Whoever found no place is answered; all others wait for what is not stored.
      await eventually(() => expect(answered).toHaveLength(BEYOND));
      for (let round = 0; round < PLACES; round += 1) {
        refused.push(...(await Promise.all([0, 1, 2, 3].map((n) => send(`more-${round}-${n}`, 10)))));
        rss = Math.max(rss, residentMiB());
      }
    });
    lock.close();
    await held;
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([503]));
    expect(refused.filter(({ retryAfter }) => !(Number(retryAfter) >= 1))).toEqual([]);
    expect(rss).toBeLessThan(MOST_RSS_MIB);
    const times = refused.map(({ ms }) => ms).sort((a, b) => a - b);
    const p99 = times[Math.floor(times.length * 0.99)] ?? 0;
    process.stdout.write(`${refused.length} refusals, p99 ${p99.toFixed(1)} ms, ${rss.toFixed(0)} MiB\n`);
    expect(p99).toBeLessThan(REFUSAL_P99_MS);
    expect(answered.map(({ status }) => status).sort((a, b) => a - b)).toEqual([
      ...Array.from({ length: PLACES }, () => 202),
      ...Array.from({ length: BEYOND }, () => 503),
    ]);
    const acknowledged = answered.flatMap(({ status, batchId }) => (status === 202 && batchId ? [batchId] : []));
    const token = await app.token(TENANT, 'viewer');
    for (const id of acknowledged) {
      const receipt = await fetch(`${app.baseUrl}/api/v1/events/batches/${id}`, { headers: { Authorization: `Bearer ${token}` } });
      expect(await receipt.json()).toMatchObject({ received: 1, accepted: 1, inspected: true });
    }
  }, 60_000);
});
