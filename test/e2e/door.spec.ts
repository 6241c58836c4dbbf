import { statSync } from 'node:fs';
import { join } from 'node:path';
import { startApp, type RunningApp } from '../support/running-app.js';

describe('the door', () => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await startApp();
  });
  afterAll(() => running.close());

  it('R11 development makes its own secrets and first credentials, readable by their owner alone', () => {
    for (const file of ['secrets.json', 'bootstrap.json']) expect(statSync(join(running.dataDir, file)).mode & 0o777).toBe(0o600);
    expect(running.bootstrap.base_url).toBe(running.baseUrl);
    expect(Object.keys(running.bootstrap.tenants)).toEqual(['acme-corp', 'globex']);
    expect(Object.keys(running.bootstrap.tenants['acme-corp'] ?? {})).toEqual([
      'collector',
      'viewer',
      'analyst',
      'responder',
      'responder_2',
      'tenant_admin',
    ]);
  });

  it('R12 every credential of the bootstrap file is exchanged for a short-lived bearer token', async () => {
    const keys = [running.bootstrap.platform_admin, ...Object.values(running.bootstrap.tenants).flatMap((tenant) => Object.values(tenant))];
    for (const { api_key: key } of keys) {
      const answer = await running.http.post('/api/v1/auth/token').set('X-API-Key', key).expect(200);
      expect(answer.body).toEqual({ access_token: expect.any(String), token_type: 'bearer', expires_in: 900 });
      expect(answer.headers['cache-control']).toBe('no-store');
    }
  });

  it('R14 refuses every kind of bad credential with one body', async () => {
    const good = running.apiKey('acme-corp', 'viewer');
    const wrongSecret = running.apiKey('globex', 'viewer');
    const bad = [undefined, 'nonsense', `${good.slice(0, -1)}~`, `${wrongSecret.slice(0, 22)}${good.slice(22)}`];
    for (const key of bad) {
      const request = running.http.post('/api/v1/auth/token').set('X-Correlation-ID', 'same');
      if (key !== undefined) request.set('X-API-Key', key);
      const answer = await request.expect(401).expect('Content-Type', /application\/problem\+json/);
      expect(answer.body).toEqual({
        type: '/problems/unauthenticated',
        title: 'A valid credential is needed',
        status: 401,
        detail: expect.stringContaining('Send a valid credential'),
        instance: '/api/v1/auth/token',
        correlation_id: 'same',
      });
    }
  });

  it('R07 takes a well-formed correlation id, makes one otherwise, and returns it also with errors', async () => {
    await running.http.get('/nowhere').set('X-Correlation-ID', 'case-42:a.b_c').expect(404).expect('X-Correlation-ID', 'case-42:a.b_c');
    const made = await running.http.get('/health/live').set('X-Correlation-ID', 'not well-formed').expect(200);
    expect(made.headers['x-correlation-id']).toMatch(/^req-[0-9a-f-]{36}$/);
  });

  it('R19 sends security headers and nothing that names the framework', async () => {
    const { headers } = await running.http.get('/health/live').expect(200);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers['strict-transport-security']).toBeUndefined();
  });

  it('R32 answers the probes without a credential', async () => {
    await running.http.get('/health/live').expect(200);
    const ready = await running.http.get('/health/ready').expect(200);
    expect(ready.body).toMatchObject({
      ready: true,
      checks: expect.arrayContaining([expect.objectContaining({ name: 'storage', status: 'healthy', healthy: true, critical: true })]),
    });
    await running.http.get('/health').expect(200);
  });

  it('R31 P24 shows metrics to a platform-admin only', async () => {
    await running.http.get('/metrics').expect(401);
    const viewer = await running.token('acme-corp', 'viewer');
    await running.http.get('/metrics').set('Authorization', `Bearer ${viewer}`).expect(403);
    const admin = await running.token('platform');
    const answer = await running.http.get('/metrics').set('Authorization', `Bearer ${admin}`).expect(200);
    expect(answer.text).toContain('requests_total{path="/health/live",method="GET",status="200"}');
    expect(answer.text).not.toContain('/nowhere');
  });

  it('reads no body for whom the guards refuse, and answers a broken, oversized or foreign one with problem+json', async () => {
    const admin = await running.token('platform');
    const send = (type: string, body: string, token?: string): ReturnType<typeof running.http.post> => {
      const request = running.http.post('/api/v1/tenants').set('Content-Type', type);
      if (token !== undefined) request.set('Authorization', `Bearer ${token}`);
      return request.send(body);
    };
    await send('application/json', '{"a":').expect(401);
    await send('application/json', '{"a":', admin)
      .expect(400)
      .expect('Content-Type', /problem\+json/);
    await send('application/json', JSON.stringify({ a: 'x'.repeat(300_000) }), admin).expect(413);
    await send('text/xml', '<a/>', admin).expect(415);
  });
});
