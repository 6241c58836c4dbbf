import { setTimeout as pause } from 'node:timers/promises';
import { parseList } from 'structured-headers';
import { startApp, type RunningApp } from '../support/running-app.js';

const NDJSON = 'application/x-ndjson';

/** Adds a tenant and answers a collector's key of it. */
async function addTenant(app: RunningApp, id: string, rate_limits?: object): Promise<string> {
  const bearer = `Bearer ${await app.token('platform')}`;
  await app.http.post('/api/v1/tenants').set('Authorization', bearer).send({ tenant_id: id, name: id, rate_limits }).expect(201);
  const body = { principal: `collector@${id}`, roles: ['collector', 'viewer'] };
  const answer = await app.http.post(`/api/v1/tenants/${id}/api-keys`).set('Authorization', bearer).send(body).expect(201);
  return String(answer.body.api_key);
}

describe('limits of tenants', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  const send = (key: string, events: number) =>
    app.http.post('/api/v1/events').set('X-API-Key', key).set('Content-Type', NDJSON).send('{"a":1}\n'.repeat(events));
  const operator = async () => `Bearer ${await app.token('platform')}`;

  it('RL-09 headers: parse as structured fields on 202, 429 and 413, and a request after Retry-After is admitted', async () => {
    const key = await addTenant(app, 'paced', { ingest_eps: 3, ingest_burst: 6, alerts_per_min: 10 });
    const seen: number[] = [];
    for (const events of [4, 4, 6, 5, 7]) {
      let answer = await send(key, events);
      const told = expectHeaders(answer.headers, 6);
      if (answer.status === 429) {
        expect(answer.body).toMatchObject({ type: '/problems/rate-limited', 'violated-policies': ['ingest'] });
        expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(told.more);
        await pause(1_000 * Number(answer.headers['retry-after']));
        seen.push(429);
        answer = await send(key, events);
        expectHeaders(answer.headers, 6);
      } else expect(answer.headers['retry-after']).toBeUndefined();
      seen.push(answer.status);
    }
    expect(seen).toEqual([202, 429, 202, 429, 202, 429, 202, 413]);
  });

  it('trap.P18-unknown-tenant-gets-default RL-11 unknown-tenant-default: who has no limits written down has the default ones, and who is unknown gets nothing', async () => {
    const key = await addTenant(app, 'unwritten');
    const { headers } = await send(key, 1).expect(202);
    expect(headers['x-ratelimit-limit']).toBe('10000');
    const answers = await Promise.all(Array.from({ length: 6 }, () => send(key, 5_000)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202, 429]));
    await app.http
      .post('/api/v1/events')
      .set('X-API-Key', key)
      .set('X-Tenant-ID', 'nobody-knows')
      .set('Content-Type', NDJSON)
      .send('{"a":1}\n')
      .expect(403);
  });

  it('R27 shows operators all tenants, paged, and who decides; fills a bucket again on the record', async () => {
    const key = await addTenant(app, 'refilled', { ingest_eps: 1, ingest_burst: 5, alerts_per_min: 10 });
    await send(key, 5).expect(202);
    await send(key, 5).expect(429);
    const bearer = await operator();
    const ids: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page = await app.http
        .get(`/admin/rate-limit/status?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`)
        .set('Authorization', bearer)
        .expect(200);
      expect(page.body.backend).toBe('memory');
      ids.push(...(page.body.items as { tenant_id: string }[]).map(({ tenant_id }) => tenant_id));
      cursor = page.body.next_cursor as string | null;
    }
    expect(ids).toEqual(expect.arrayContaining(['acme-corp', 'globex', 'refilled']));
    expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => (a < b ? -1 : 1)));
    const reset = await app.http.post('/admin/rate-limit/reset?tenant_id=refilled').set('Authorization', bearer).expect(200);
    expect(reset.body).toEqual({
      tenant_id: 'refilled',
      limits: [
        { policy: 'ingest', rate: 1, burst: 5, remaining: 5, reset_seconds: 0 },
        { policy: 'alerts', rate: 10 / 60, burst: 10, remaining: 10, reset_seconds: 0 },
      ],
    });
    await send(key, 5).expect(202);
    for (const unknown of ['nobody-knows', 'NOT..AN..ID', 'x'])
      await app.http.post(`/admin/rate-limit/reset?tenant_id=${unknown}`).set('Authorization', bearer).expect(404);
    await app.http.post('/admin/rate-limit/reset').set('Authorization', bearer).expect(422);
    const admin = `Bearer ${await app.token('acme-corp', 'tenant_admin')}`;
    await app.http.post('/admin/rate-limit/reset?tenant_id=acme-corp').set('Authorization', admin).expect(403);
    await app.http.get('/admin/rate-limit/status').set('Authorization', admin).expect(403);
  });

  it('RL-11 policy-change-live: an operator lowers and raises a limit of a tenant that is sending', async () => {
    const key = await addTenant(app, 'changing', { ingest_eps: 1, ingest_burst: 10, alerts_per_min: 10 });
    await send(key, 10).expect(202);
    const bearer = await operator();
    const patch = (rate_limits: object) =>
      app.http.patch('/api/v1/tenants/changing').set('Authorization', bearer).send({ rate_limits }).expect(200);
    await patch({ ingest_eps: 1, ingest_burst: 20, alerts_per_min: 10 });
    await send(key, 20).expect(429);
    expect((await send(key, 9).expect(202)).headers['x-ratelimit-limit']).toBe('20');
    await patch({ ingest_eps: 1, ingest_burst: 2, alerts_per_min: 10 });
    await send(key, 3).expect(413);
    expect((await send(key, 2).expect(429)).headers['retry-after']).toBe('2');
  });
});

describe('limits of requests', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp({ env: { THROTTLE_ADDRESS_PER_MINUTE: '60', THROTTLE_CREDENTIAL_PER_MINUTE: '20' } });
  });
  afterAll(() => app.close());

  it('hold for each credential over all routes, and for no other credential', async () => {
    const [viewer, other] = await Promise.all([app.token('acme-corp', 'viewer'), app.token('globex', 'viewer')]);
    const get = (token: string, path: string) => app.http.get(path).set('Authorization', `Bearer ${token}`);
    const first = await get(viewer, '/api/v1/alerts').expect(200);
    expect(parseList(String(first.headers['ratelimit-policy']))[0]?.[0]).toBe('credential');
    let refused = await get(viewer, '/api/v1/incidents');
    for (let sent = 2; refused.status === 200 && sent < 30; sent += 1) {
      refused = await get(viewer, sent % 2 === 0 ? '/api/v1/alerts' : '/api/v1/incidents');
    }
    expect(refused.status).toBe(429);
    expect(refused.headers['content-type']).toContain('application/problem+json');
    expect(refused.body).toMatchObject({ type: '/problems/rate-limited', 'violated-policies': ['credential'] });
    await get(other, '/api/v1/alerts').expect(200);
    await pause(1_000 * Number(refused.headers['retry-after']));
    await get(viewer, '/api/v1/alerts').expect(200);
  });

  it('hold for each address before any credential is looked at, whatever it says of itself, but not for probes', async () => {
    const flood = () =>
      app.http
        .get('/api/v1/alerts')
        .set('Authorization', 'Bearer nonsense')
        .set('X-Forwarded-For', `203.0.113.${Math.floor(Math.random() * 200)}`);
    let answer = await flood();
    for (let sent = 0; answer.status === 401 && sent < 80; sent += 1) answer = await flood();
    expect(answer.status).toBe(429);
    expect(answer.body['violated-policies']).toEqual(['address']);
    const told = expectHeaders(answer.headers, 60);
    expect(told.name).toBe('address');
    for (const path of ['/health/live', '/health/ready', '/health']) await app.http.get(path).expect(200);
    await pause(1_000 * Number(answer.headers['retry-after']));
    expect((await flood()).status).toBe(401);
  });
});

/** The fields that every limited answer has, agreeing with each other. */
function expectHeaders(headers: Record<string, string>, burst: number): { readonly name: unknown; readonly more: number } {
  const [[policy, q] = []] = parseList(String(headers['ratelimit-policy']));
  const [[name, limit] = []] = parseList(String(headers['ratelimit']));
  expect(name).toBe(policy);
  expect(q?.get('q')).toBe(burst);
  expect(headers['x-ratelimit-limit']).toBe(String(burst));
  expect(headers['x-ratelimit-remaining']).toBe(String(limit?.get('r')));
  expect(Number(headers['x-ratelimit-reset'])).toBeGreaterThanOrEqual(Number(limit?.get('t')));
  return { name, more: Number(limit?.get('t')) };
}
