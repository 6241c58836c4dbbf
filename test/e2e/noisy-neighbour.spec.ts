import { setTimeout as sleep } from 'node:timers/promises';
import { BuiltApp } from '../support/built-app.js';
import { expectServed, measureNeighbourhood } from '../support/noisy-neighbour.js';

const EVENTS = 1_000;
const LIMITS = { ingest_eps: 200, ingest_burst: EVENTS, alerts_per_min: 600 };

describe('a tenant far over its quota', () => {
  let app: BuiltApp;
  let operator: Record<string, string>;
  beforeAll(async () => {
    app = await BuiltApp.start({ asShipped: true });
    operator = { Authorization: `Bearer ${await app.token('platform')}`, 'Content-Type': 'application/json' };
  });
  afterAll(() => app.stop());

  const post = (path: string, body: unknown): Promise<Response> =>
    fetch(`${app.baseUrl}${path}`, { method: 'POST', headers: operator, body: JSON.stringify(body) });

  it('TEN-11 has large bodies refused unread: they are not accounted for, and are admitted after Retry-After', async () => {
    await post('/api/v1/tenants', { tenant_id: 'hasty', name: 'Hasty', rate_limits: LIMITS });
    const made = await post('/api/v1/tenants/hasty/api-keys', { principal: 'collector@hasty', roles: ['collector', 'viewer'] });
    const { api_key: key } = (await made.json()) as { api_key: string };
    const body = `{"message":"${'x'.repeat(9_000)}"}\n`.repeat(EVENTS);
    const send = (): Promise<Response> =>
      fetch(`${app.baseUrl}/api/v1/events`, {
        method: 'POST',
        headers: { 'X-API-Key': key, 'Content-Type': 'application/x-ndjson' },
        body,
      });
    const isUnread = ({ headers }: Response): boolean => headers.get('connection') === 'close';
    const answers = [await send()];
    while (!answers.some(isUnread) && answers.length < 10) answers.push(await send());
    const unread = answers.at(-1);
    expect([unread?.status, unread && isUnread(unread)]).toEqual([429, true]);
    const read = answers.slice(0, -1);
    expect(read.map(({ status }) => status)).toEqual(expect.arrayContaining([202, 429]));
    const token = await fetch(`${app.baseUrl}/api/v1/auth/token`, { method: 'POST', headers: { 'X-API-Key': key } });
    const { access_token } = (await token.json()) as { access_token: string };
    const accounts = await fetch(`${app.baseUrl}/api/v1/accounting`, { headers: { Authorization: `Bearer ${access_token}` } });
    const { hours, remainder } = (await accounts.json()) as { hours: { shed: Record<string, number> }[]; remainder: number };
    expect(remainder).toBe(0);
    expect(hours.reduce((sum, { shed }) => sum + (shed['rate_limited'] ?? 0), 0)).toBe(
      read.filter(({ status }) => status === 429).length * EVENTS,
    );
    await sleep(Number(unread?.headers.get('retry-after')) * 1_000);
    expect((await send()).status).toBe(202);
  }, 30_000);

  it('TEN-11 sending ten times its quota in bodies of 9 MB costs another tenant no answer, no throughput and little time', async () => {
    const met = await measureNeighbourhood(app, 3, 2_500);
    process.stdout.write(
      `TEN-11 p50 ${met.alone.p50.toFixed(1)} and ${met.beside.p50.toFixed(1)} ms, p99 ${met.alone.p99.toFixed(1)} and ${met.beside.p99.toFixed(1)} ms\n`,
    );
    expectServed(met);
  }, 60_000);
});
