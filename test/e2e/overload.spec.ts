import { LoadWatch } from '../../src/platform/shedding/load-watch.js';
import type { Criticality } from '../../src/platform/shedding/criticality.js';
import { overload } from '../support/overload.js';
import { exchange } from '../support/raw-socket.js';
import { startApp, type RunningApp } from '../support/running-app.js';

describe('too many requests', () => {
  let app: RunningApp;
  const turnedAway = new Set<Criticality>();
  beforeAll(async () => {
    const watch = { admits: (criticality: Criticality) => !turnedAway.has(criticality) };
    app = await startApp({ adjust: (builder) => builder.overrideProvider(LoadWatch).useValue(watch) });
  });
  afterAll(() => app.close());
  afterEach(() => turnedAway.clear());

  it('RES-08 are turned away at the door with 503 and Retry-After, events first; what stops an attack is answered all the same', async () => {
    const token = await app.token('acme-corp', 'analyst');
    const send = () =>
      app.http
        .post('/api/v1/events')
        .auth(token, { type: 'bearer' })
        .send({ events: [{ message: 'x' }] });
    turnedAway.add('ingest');
    const refused = await send().expect(503);
    expect(refused.headers).toMatchObject({ 'retry-after': '2', 'content-type': 'application/problem+json; charset=utf-8' });
    expect(refused.headers['x-content-type-options']).toBe('nosniff');
    expect(refused.body).toMatchObject({ type: '/problems/temporary-reduced-capacity', status: 503, instance: '/api/v1/events' });
    expect(refused.body.correlation_id).toBe(refused.headers['x-correlation-id']);
    await app.http.get('/api/v1/alerts').auth(token, { type: 'bearer' }).expect(200);
    turnedAway.add('normal');
    await app.http.get('/api/v1/alerts').auth(token, { type: 'bearer' }).expect(503);
    for (const path of ['/api/v1/approvals', '/api/v1/containment/actions'])
      await app.http.get(path).auth(token, { type: 'bearer' }).expect(200);
    await app.http.get('/health/ready').expect(200);
    await app.token('acme-corp', 'responder');
    const operator = await app.token('platform');
    await app.http.get('/admin/rate-limit/status').auth(operator, { type: 'bearer' }).expect(200);
    turnedAway.clear();
    await send().expect(202);
    const { body } = await app.http.get('/api/v1/accounting').auth(token, { type: 'bearer' }).expect(200);
    expect(body.remainder).toBe(0);
  });

  it('RES-08 are answered before a large body is read, on a connection that then ends', async () => {
    turnedAway.add('ingest');
    const answer = await exchange(app.baseUrl, 'POST /api/v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 8000000\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 503 /);
    expect(answer).toMatch(/\r\nConnection: close\r\n/i);
    expect(answer).toContain('/problems/temporary-reduced-capacity');
  });
});

describe('ten times as much as can be taken', () => {
  it('RES-08 overload-shed leaves the critical class whole, refuses what is too much with 503 alone, loses nothing, and is over in 5 s', async () => {
    const { critical, attempts, remainder, recoveryMs, goodput, turnedAway } = await overload({ peakSeconds: 2, seconds: 6 });
    expect(critical.answered / critical.asked).toBeGreaterThanOrEqual(0.99);
    expect(Object.keys(attempts).sort()).toEqual(['202', '503']);
    expect(goodput).toBeGreaterThan(0);
    expect(turnedAway).toBe(attempts['503']);
    expect(recoveryMs).toBeLessThanOrEqual(5_000);
    expect(remainder).toBe(0);
  }, 120_000);
});
