import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { BuiltApp } from '../support/built-app.js';
import type { SendingPlan, SendingReport } from '../support/event-sender.js';

/** Both are limited to this; the victim uses a fifth of it, the aggressor asks for ten times as much. */
const QUOTA_EPS = 1_000;
const MEASURED_MS = 5_000;
/** Below this the disk's own syncs and what else the machine does decide, not the neighbour. */
const NOISE_MS = 50;
const LONGEST_MS = 250;
const VICTIM = { everyMs: 25, forMs: MEASURED_MS, events: 5, padding: 0, atOnce: 256 };
/** Ten bodies of 9 MB a second, each of a second's quota. */
const AGGRESSOR = { everyMs: 100, forMs: MEASURED_MS + 1_000, events: QUOTA_EPS, padding: 9_000, atOnce: 8 };

describe('a noisy neighbour', () => {
  let app: BuiltApp;
  let operator: string;
  beforeAll(async () => {
    app = await BuiltApp.start();
    operator = await app.token('platform');
  });
  afterAll(() => app.stop());

  const post = async (path: string, body: unknown): Promise<Response> =>
    fetch(`${app.baseUrl}${path}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${operator}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  const tenantWithKey = async (tenant: string): Promise<string> => {
    const rate_limits = { ingest_eps: QUOTA_EPS, ingest_burst: QUOTA_EPS, alerts_per_min: 600 };
    await post('/api/v1/tenants', { tenant_id: tenant, name: tenant, rate_limits });
    const key = await post(`/api/v1/tenants/${tenant}/api-keys`, { principal: `collector@${tenant}`, roles: ['collector'] });
    return ((await key.json()) as { api_key: string }).api_key;
  };

  /** Sends from a process of its own, so that nobody measures himself. */
  const sendFrom = (plan: Omit<SendingPlan, 'url'>): Promise<SendingReport> =>
    new Promise((resolve, reject) => {
      const job = JSON.stringify({ url: app.baseUrl, ...plan });
      const sender = spawn(process.execPath, ['--no-warnings', 'test/support/event-sender.ts', job], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let printed = '';
      sender.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
      sender.once('close', (code) =>
        code === 0 ? resolve(JSON.parse(printed) as SendingReport) : reject(new Error(`the sender ended with ${code}`)),
      );
    });

  it('TEN-11 ten times over its quota with bodies of the largest size costs another tenant nothing', async () => {
    const [quiet, loud] = [await tenantWithKey('quiet'), await tenantWithKey('loud')];
    await sendFrom({ key: quiet, ...VICTIM, forMs: 1_000 });
    const alone = await sendFrom({ key: quiet, ...VICTIM });
    const flood = sendFrom({ key: loud, ...AGGRESSOR });
    await sleep(1_000);
    const beside = await sendFrom({ key: quiet, ...VICTIM });
    const flooded = await flood;
    process.stdout.write(`TEN-11 alone ${JSON.stringify(alone)} beside ${JSON.stringify(beside)} flood ${JSON.stringify(flooded)}\n`);
    expect(flooded.answers['429'] ?? 0).toBeGreaterThan(flooded.planned / 2);
    expect(beside.answers).toEqual({ 202: beside.planned });
    expect(alone.answers).toEqual({ 202: alone.planned });
    expect(beside.planned / beside.tookMs).toBeGreaterThanOrEqual((0.99 * alone.planned) / alone.tookMs);
    expect(beside.p99).toBeLessThanOrEqual(Math.min(LONGEST_MS, Math.max(2 * alone.p99, NOISE_MS)));
  }, 60_000);
});
