import { setTimeout as sleep } from 'node:timers/promises';
import { BuiltApp } from '../support/built-app.js';

const PHASE_MS = 6_000;
const VICTIM_EVERY_MS = 50;
const VICTIM_EVENTS = 10;
/** Both are limited to this; the victim uses a fifth of it, the aggressor asks for ten times as much. */
const QUOTA_EPS = 1_000;
const AGGRESSOR_BODY = 9 * 1024 * 1024;
const AGGRESSOR_AT_ONCE = 4;

interface Run {
  readonly sent: number;
  readonly errors: number;
  readonly p99: number;
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

describe('a noisy neighbour', () => {
  let app: BuiltApp;
  let operator: string;
  beforeAll(async () => {
    app = await BuiltApp.start();
    operator = await app.token('platform');
  });
  afterAll(() => app.stop());

  const post = async (path: string, token: string, body: unknown): Promise<Response> =>
    fetch(`${app.baseUrl}${path}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  const tenantWithKey = async (tenant: string): Promise<string> => {
    const rate_limits = { ingest_eps: QUOTA_EPS, ingest_burst: QUOTA_EPS, alerts_per_min: 600 };
    await post('/api/v1/tenants', operator, { tenant_id: tenant, name: tenant, rate_limits });
    const key = await post(`/api/v1/tenants/${tenant}/api-keys`, operator, { principal: `collector@${tenant}`, roles: ['collector'] });
    return ((await key.json()) as { api_key: string }).api_key;
  };
  const send = async (key: string, body: string): Promise<number> => {
    const answer = await fetch(`${app.baseUrl}/api/v1/events`, {
      method: 'POST',
      headers: { 'X-API-Key': key, 'Content-Type': 'application/json' },
      body,
    });
    await answer.arrayBuffer();
    return answer.status;
  };

  /** Sends at a steady pace for a while, whether or not what was sent before is answered. */
  async function victim(key: string): Promise<Run> {
    const took: number[] = [];
    let errors = 0;
    const under: Promise<void>[] = [];
    const begun = performance.now();
    for (let turn = 0; turn * VICTIM_EVERY_MS < PHASE_MS; turn += 1) {
      await sleep(Math.max(0, begun + turn * VICTIM_EVERY_MS - performance.now()));
      const events = Array.from({ length: VICTIM_EVENTS }, (_, at) => ({ message: `event ${turn}.${at}`, host: `ws-${at}` }));
      const sent = performance.now();
      under.push(
        send(key, JSON.stringify({ source: 'generic', events })).then(
          (status) => {
            took.push(performance.now() - sent);
            if (status !== 202) errors += 1;
          },
          () => void (errors += 1),
        ),
      );
    }
    await Promise.all(under);
    return {
      sent: under.length,
      errors,
      p99: percentile(
        took.sort((a, b) => a - b),
        0.99,
      ),
    };
  }

  it('TEN-11 ten times over its quota with bodies of the largest size costs another tenant nothing', async () => {
    const [quiet, loud] = [await tenantWithKey('quiet'), await tenantWithKey('loud')];
    await victim(quiet);
    const alone = await victim(quiet);
    const padding = 'x'.repeat(Math.floor(AGGRESSOR_BODY / QUOTA_EPS) - 60);
    const body = JSON.stringify({ source: 'generic', events: Array.from({ length: QUOTA_EPS }, (_, at) => ({ message: padding, at })) });
    const answers = new Map<number, number>();
    let stop = false;
    const flood = Array.from({ length: AGGRESSOR_AT_ONCE }, async () => {
      while (!stop) {
        const begun = performance.now();
        const status = await send(loud, body).catch(() => 0);
        answers.set(status, (answers.get(status) ?? 0) + 1);
        // Ten bodies of a second's quota each second, over all that send at once.
        await sleep(Math.max(0, begun + (1_000 * AGGRESSOR_AT_ONCE) / 10 - performance.now()));
      }
    });
    await sleep(1_000);
    const beside = await victim(quiet);
    stop = true;
    await Promise.all(flood);
    process.stdout.write(`TEN-11 alone ${JSON.stringify(alone)} beside ${JSON.stringify(beside)} flood ${JSON.stringify([...answers])}\n`);
    expect(answers.get(429) ?? 0).toBeGreaterThan(answers.get(202) ?? 0);
    expect(beside.errors).toBe(0);
    expect(beside.sent).toBeGreaterThanOrEqual(alone.sent * 0.99);
    expect(beside.p99).toBeLessThanOrEqual(Math.max(250, 2 * alone.p99));
  }, 60_000);
});
