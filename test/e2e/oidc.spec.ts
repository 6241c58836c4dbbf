import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OidcTestIssuer } from '../support/oidc-issuer.js';
import { startApp, type RunningApp } from '../support/running-app.js';

const ROLES = { 'soc-l1': 'analyst', 'soc-l2': 'responder' };

describe('people that an identity provider vouches for', () => {
  let provider: OidcTestIssuer;
  let other: OidcTestIssuer;
  let running: RunningApp;
  let directory: string;

  beforeAll(async () => {
    provider = await OidcTestIssuer.start();
    other = await OidcTestIssuer.start();
    directory = mkdtempSync(join(tmpdir(), 'gatra-oidc-'));
    const tenants = [
      { tenant_id: 'acme-corp', claim: ['realm_access', 'roles'], roles: ROLES },
      { tenant_id: 'globex', claim: ['globex'], roles: { yes: 'viewer' } },
    ];
    const file = join(directory, 'issuers.json');
    writeFileSync(file, JSON.stringify({ issuers: [{ issuer: provider.issuer, audience: 'gatra', tenants }] }));
    running = await startApp({ env: { OIDC_ISSUERS_FILE: file } });
  });
  afterAll(async () => {
    await running.close();
    await provider.stop();
    await other.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const get = (path: string, token: string, tenant?: string): ReturnType<RunningApp['http']['get']> => {
    const request = running.http.get(path).set('Authorization', `Bearer ${token}`);
    return tenant === undefined ? request : request.set('X-Tenant-ID', tenant);
  };
  const analyst = { realm_access: { roles: ['soc-l1'] } };

  it('R12 get in with the roles that are mapped, in the tenants that are mapped', async () => {
    const token = await provider.token({ ...analyst, globex: 'yes' });
    await get('/api/v1/alerts', token, 'acme-corp').expect(200);
    await get('/api/v1/alerts', token, 'globex').expect(200);
    await get('/api/v1/alerts', token).expect(403);
    await get('/api/v1/alerts', token, 'initech').expect(403);
    await get('/api/v1/audit', token, 'acme-corp')
      .expect(403)
      .expect(({ body }) => expect(body).toMatchObject({ type: '/problems/forbidden', permission: 'audit:read' }));
    await get('/api/v1/tenants', await provider.token({ ...analyst, roles: ['platform-admin'] })).expect(403);
    await get('/metrics', await provider.token({ ...analyst, roles: ['platform-admin'] })).expect(403);
  });

  it('R12 get nothing where nothing is mapped', async () => {
    const answer = await get(
      '/api/v1/alerts',
      await provider.token({ grants: { 'acme-corp': ['tenant-admin'] }, roles: ['platform-admin'] }),
    );
    expect([answer.status, answer.body.type]).toEqual([403, '/problems/tenant-not-held']);
  });

  it('R12 are named by their provider in what they do', async () => {
    const token = await provider.token({ realm_access: { roles: ['soc-l2'] }, sub: 'responder@acme-corp' });
    const indicator = { type: 'indicator', spec_version: '2.1', pattern_type: 'stix', valid_from: '2026-01-01T00:00:00Z' };
    const objects = [{ ...indicator, id: 'indicator--1', pattern: "[ipv4-addr:value = '203.0.113.66']" }];
    await running.http
      .post('/api/v1/intel/indicators')
      .set('Authorization', `Bearer ${token}`)
      .send({ type: 'bundle', id: 'bundle--3f0a6f0e-2c1b-4b5e-8d7a-9b1c2d3e4f50', objects })
      .expect(200);
    const { body: page } = await get('/api/v1/audit', token).expect(200);
    const actors = (page.items as { actor: { id: string } }[]).map(({ actor }) => actor.id);
    expect(actors).toContain(`${provider.issuer}#responder@acme-corp`);
    expect(actors).not.toContain('responder@acme-corp');
  });

  it('R12 log out, also where the provider gives its tokens no id', async () => {
    for (const claims of [{}, { jti: undefined, sub: 'bob' }]) {
      const token = await provider.token({ ...analyst, ...claims });
      await get('/api/v1/alerts', token).expect(200);
      await running.http.post('/api/v1/auth/revoke').set('Authorization', `Bearer ${token}`).expect(204);
      await get('/api/v1/alerts', token).expect(401);
    }
    await get('/api/v1/alerts', await provider.token(analyst)).expect(200);
  });

  it('R12 are refused with the one body: another issuer, audience or time, our own name, a token of another issuer with this name', async () => {
    const now = Math.floor(Date.now() / 1000);
    const tokens = await Promise.all([
      other.token(analyst),
      other.token({ ...analyst, iss: provider.issuer }),
      provider.token({ ...analyst, aud: 'gatra-api' }),
      provider.token({ ...analyst, iss: 'gatra', aud: 'gatra-api' }),
      provider.token({ ...analyst, iat: now - 600, exp: now - 1 }),
      provider.token({ ...analyst, exp: now + 901 }),
      provider.token({ ...analyst, iat: now + 120, exp: now + 300 }),
      provider.token({ ...analyst, sub: undefined }),
      provider.token(analyst, { typ: 'JWT' }),
    ]);
    const answers = await Promise.all(tokens.map((token) => get('/api/v1/alerts', token).set('X-Correlation-ID', 'same')));
    expect(answers.map(({ status }) => status)).toEqual(tokens.map(() => 401));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(other.asked).toEqual([]);
  });
});
