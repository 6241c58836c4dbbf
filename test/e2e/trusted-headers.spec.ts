import { startApp, type RunningApp } from '../support/running-app.js';

const FORGED = {
  'X-Forwarded-For': '203.0.113.77',
  'X-Real-IP': '203.0.113.77',
  'X-Client-IP': '203.0.113.77',
  'X-Forwarded-Host': 'evil.example',
  'X-Forwarded-Proto': 'https',
  Forwarded: 'for=203.0.113.77;proto=https',
  'X-User-ID': 'admin@platform',
  'X-Principal': 'admin@platform',
  'X-Role': 'platform-admin',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
};

interface Entry {
  readonly action: string;
  readonly actor: { readonly id: string };
  readonly source_ip: string;
  readonly correlation_id: string;
}

describe('headers that say who one is', () => {
  let direct: RunningApp;
  let proxied: RunningApp;
  beforeAll(async () => {
    direct = await startApp();
    proxied = await startApp({ env: { TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8' } });
  });
  afterAll(() => Promise.all([direct.close(), proxied.close()]));

  /** Renews a list's credential, which is audited; answers its entry in the tenant's audit log. */
  const deed = async (app: RunningApp, headers: Record<string, string>): Promise<Entry> => {
    const token = await app.token('acme-corp', 'tenant_admin');
    const request = app.http.post('/api/v1/edl/ip/credential').set('Authorization', `Bearer ${token}`).set('X-Correlation-ID', 'deed-1');
    expect((await request.set(headers)).status).toBeLessThan(300);
    const { body } = await app.http.get('/api/v1/audit?limit=500').set('Authorization', `Bearer ${token}`).expect(200);
    return (body.items as Entry[]).filter(({ action }) => action.startsWith('edl.')).at(-1)!;
  };

  it('AUTH-08 change nothing in the audit log where they come from no trusted proxy', async () => {
    const entry = await deed(direct, FORGED);
    expect(entry).toMatchObject({ actor: { id: 'tenant_admin@acme-corp' }, source_ip: '127.0.0.1', correlation_id: 'deed-1' });
    expect(JSON.stringify(entry)).not.toMatch(/203\.0\.113|evil|0af7651916/);
  });

  it('AUTH-08 are believed of the address alone, and of the nearest untrusted one, where they come from a trusted proxy', async () => {
    expect(await deed(proxied, FORGED)).toMatchObject({ actor: { id: 'tenant_admin@acme-corp' }, source_ip: '203.0.113.77' });
    expect(await deed(proxied, { ...FORGED, 'X-Forwarded-For': '1.2.3.4, 198.51.100.9, 10.0.0.7' })).toMatchObject({
      source_ip: '198.51.100.9',
    });
    expect(await deed(proxied, { 'X-Forwarded-For': '"}, "level": "error", x' })).toMatchObject({ source_ip: '127.0.0.1' });
  });

  it('AUTH-08 give no identity, no role and no tenant', async () => {
    for (const app of [direct, proxied]) {
      await app.http.get('/api/v1/tenants').set(FORGED).expect(401);
      const viewer = await app.token('acme-corp', 'viewer');
      const as = (path: string) => app.http.get(path).set('Authorization', `Bearer ${viewer}`).set(FORGED);
      await as('/api/v1/tenants').expect(403);
      await as('/metrics').expect(403);
      for (const tenant of ['globex', 'platform', 'acme-corp,globex', '*']) {
        expect((await as('/api/v1/alerts').set('X-Tenant-ID', tenant)).status).toBe(403);
      }
    }
  });

  it('AUTH-08 buy no second bucket: the ingest limit is the tenant’s whatever address is told', async () => {
    for (const app of [direct, proxied]) {
      const key = app.apiKey('globex', 'collector');
      const remaining: number[] = [];
      for (const last of [1, 2, 3]) {
        const answer = await app.http
          .post('/api/v1/events')
          .set({ ...FORGED, 'X-Forwarded-For': `203.0.113.${last}`, 'X-API-Key': key, 'Content-Type': 'application/x-ndjson' })
          .send(Array.from({ length: 400 }, (_, at) => JSON.stringify({ message: `${last} ${at}`, host: 'h' })).join('\n'))
          .expect(202);
        remaining.push(Number(answer.headers['x-ratelimit-remaining']));
      }
      expect(remaining[1]).toBeLessThan(remaining[0] ?? 0);
      expect(remaining[2]).toBeLessThan(remaining[1] ?? 0);
    }
  });

  it('HOS-08 Strict-Transport-Security is sent where a trusted proxy says https, and not on the word of anybody', async () => {
    const of = async (app: RunningApp, headers: Record<string, string>): Promise<unknown> =>
      (await app.http.get('/health/live').set(headers)).headers['strict-transport-security'];
    expect(await of(proxied, { 'X-Forwarded-Proto': 'https' })).toBe('max-age=31536000; includeSubDomains');
    expect(await of(proxied, { 'X-Forwarded-Proto': 'http' })).toBeUndefined();
    expect(await of(direct, { 'X-Forwarded-Proto': 'https' })).toBeUndefined();
  });
});
