import { readFileSync } from 'node:fs';
import { toTenantId } from '../../src/contracts/tenant.js';
import { ingestLockPath } from '../../src/platform/storage/data-directory.js';
import { ProcessLock } from '../../src/platform/storage/process-lock.js';
import { BuiltApp } from '../support/built-app.js';

const TENANT = toTenantId('acme-corp');
/** Requests that a tenant may have under way; five times as many are sent. */
const PLACES = 128;
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

  const send = async (number: number): Promise<Answered> => {
    const begun = performance.now();
    const headers = { 'X-API-Key': app.apiKey(TENANT, 'collector'), 'Content-Type': 'application/x-ndjson' };
    const body = `{"host":"held-${number}","filler":"${'x'.repeat(BODY_BYTES)}"}`;
    const answer = await fetch(`${app.baseUrl}/api/v1/events`, { method: 'POST', headers, body });
    const text = (await answer.json()) as { batch_id?: string };
    const ms = performance.now() - begun;
    return { status: answer.status, batchId: text.batch_id, retryAfter: answer.headers.get('retry-after'), ms };
  };
  const residentMiB = (): number => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${app.process.pid}/status`, 'utf8'))?.[1]) / 1_024;

  it('DUR-08 while nothing is stored, what is too much is refused at once, memory stays bounded, and all that is acknowledged is there', async () => {
    const lock = new ProcessLock(ingestLockPath(app.dataDir, TENANT));
    let held: Promise<Answered>[] = [];
    const refused: Answered[] = [];
    let rss = 0;
    await lock.exclusively(async () => {
      held = Array.from({ length: PLACES }, (_, number) => send(number));
      for (let tries = 0; tries < 600; tries += 1) {
        const [answer] = await Promise.race([
          send(PLACES).then((found) => [found] as const),
          Promise.race(held).then(() => [undefined] as const),
        ]);
        if (answer?.status === 503) break;
      }
      for (let round = 0; round < PLACES; round += 1) {
        refused.push(...(await Promise.all(Array.from({ length: 4 }, (_, n) => send(PLACES + round * 4 + n)))));
        rss = Math.max(rss, residentMiB());
      }
    });
    lock.close();
    const answered = await Promise.all(held);
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([503]));
    expect(refused.filter(({ retryAfter }) => !(Number(retryAfter) >= 1))).toEqual([]);
    expect(rss).toBeLessThan(MOST_RSS_MIB);
    const times = refused.map(({ ms }) => ms).sort((a, b) => a - b);
    const p99 = times[Math.floor(times.length * 0.99)] ?? 0;
    process.stdout.write(`${refused.length} refusals, p99 ${p99.toFixed(1)} ms, ${rss.toFixed(0)} MiB\n`);
    expect(p99).toBeLessThan(REFUSAL_P99_MS);
    expect(answered.filter(({ status }) => status !== 202 && status !== 503)).toEqual([]);
    const acknowledged = answered.flatMap(({ status, batchId }) => (status === 202 && batchId ? [batchId] : []));
    expect(acknowledged.length).toBeGreaterThan(PLACES / 2);
    const token = await app.token(TENANT, 'viewer');
    for (const id of acknowledged) {
      const receipt = await fetch(`${app.baseUrl}/api/v1/events/batches/${id}`, { headers: { Authorization: `Bearer ${token}` } });
      expect(await receipt.json()).toMatchObject({ received: 1, accepted: 1, inspected: true });
    }
  }, 60_000);
});
