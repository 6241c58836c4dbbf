import { startApp, type RunningApp } from '../support/running-app.js';

interface Key {
  readonly key_id: string;
  readonly api_key: string;
  readonly expires_at: string;
  readonly [field: string]: unknown;
}

const DAY = 86_400_000;

describe('API keys', () => {
  let running: RunningApp;
  let admin: string;
  let tenantAdmin: string;
  beforeAll(async () => {
    running = await startApp({ env: { TRUSTED_PROXIES: '127.0.0.1', API_KEY_MAX_DAYS: '30' } });
    admin = await running.token('platform');
    tenantAdmin = await running.token('acme-corp', 'tenant_admin');
  });
  afterAll(() => running.close());

  const KEYS = '/api/v1/tenants/acme-corp/api-keys';
  const post = (path: string, body: object = {}, token = tenantAdmin) => running.http.post(path).auth(token, { type: 'bearer' }).send(body);
  const make = async (body: object, path = KEYS, token = tenantAdmin): Promise<Key> =>
    (await post(path, { principal: 'jo@acme-corp', ...body }, token).expect(201)).body as Key;
  const exchange = (key: string, from = '198.51.100.7') =>
    running.http.post('/api/v1/auth/token').set('X-API-Key', key).set('X-Forwarded-For', from);
  const tokenOf = async (key: string, from?: string): Promise<string> => String((await exchange(key, from).expect(200)).body.access_token);
  const get = (path: string, token: string, from = '198.51.100.7') =>
    running.http.get(path).auth(token, { type: 'bearer' }).set('X-Forwarded-For', from);
  const send = (key: string) =>
    running.http
      .post('/api/v1/events')
      .set('X-API-Key', key)
      .send({ source: 'generic', events: [{ message: 'hello' }] });

  it('R14 a key’s scopes bound what it and the tokens exchanged for it may do', async () => {
    const { api_key: key, scopes } = await make({ roles: ['analyst'], scopes: ['alerts:read', 'events:ingest'] });
    expect(scopes).toEqual(['alerts:read', 'events:ingest']);
    const token = await tokenOf(key);
    await get('/api/v1/alerts', token).expect(200);
    const refused = await get('/api/v1/incidents', token).expect(403);
    expect(refused.body).toMatchObject({ type: '/problems/forbidden', permission: 'incidents:read' });
    await send(key).expect(202);
    const reader = await make({ roles: ['analyst'], scopes: ['alerts:read'] });
    expect((await send(reader.api_key).expect(403)).body).toMatchObject({ permission: 'events:ingest' });
  });

  it.each([
    [{ roles: ['viewer'], scopes: ['alerts:fly'] }, '/scopes', 'isIn'],
    [{ roles: ['viewer'], scopes: [] }, '/scopes', 'arrayMinSize'],
    [{ roles: ['viewer'], scopes: null }, '/scopes', 'isArray'],
    [{ roles: ['viewer'], scopes: ['alerts:write'] }, '/scopes', 'not_held_by_roles'],
    [{ roles: ['viewer'], scopes: ['tenants:manage'] }, '/scopes', 'not_held_by_roles'],
    [{ roles: ['responder'], kind: 'service', scopes: ['approvals:decide'] }, '/scopes', 'for_persons_only'],
    [{ roles: ['responder'], kind: 'service' }, '/scopes', 'missing_scopes'],
    [{ roles: ['viewer'], kind: 'god' }, '/kind', 'isIn'],
    [{ roles: ['viewer'], allowed_cidrs: ['198.51.100.0/33'] }, '/allowed_cidrs', 'isIpBlock'],
    [{ roles: ['viewer'], allowed_cidrs: ['all'] }, '/allowed_cidrs', 'isIpBlock'],
    [{ roles: ['viewer'], allowed_cidrs: Array.from({ length: 33 }, (_, n) => `10.0.0.${n}`) }, '/allowed_cidrs', 'arrayMaxSize'],
    [{ roles: ['viewer'], expires_at: '2020-01-01T00:00:00Z' }, '/expires_at', 'in_the_past'],
    [{ roles: ['viewer'], expires_at: new Date(Date.now() + 31 * DAY).toISOString() }, '/expires_at', 'too_late'],
    [{ roles: ['viewer'], not_before: new Date(Date.now() + 31 * DAY).toISOString() }, '/not_before', 'after_the_end'],
  ])('R14 refuses %j at %s: %s', async (body, pointer, code) => {
    const { body: problem } = await post(KEYS, { principal: 'jo@acme-corp', ...body }).expect(422);
    expect(problem.errors).toEqual(expect.arrayContaining([expect.objectContaining({ pointer, code })]));
  });

  it('R14 a key limited to addresses is refused from others like any bad one, and so are its tokens', async () => {
    const { api_key: key } = await make({ roles: ['viewer'], allowed_cidrs: ['198.51.100.0/24', '2001:db8::/32'] });
    const token = await tokenOf(key, '198.51.100.9');
    await exchange(key, '2001:db8::9').expect(200);
    const foreign = await exchange(key, '203.0.113.9').set('X-Correlation-ID', 'same').expect(401);
    const nonsense = await exchange('nonsense', '203.0.113.9').set('X-Correlation-ID', 'same').expect(401);
    expect(foreign.body).toEqual(nonsense.body);
    await get('/api/v1/alerts', token, '198.51.100.9').expect(200);
    await get('/api/v1/alerts', token, '203.0.113.9').expect(401);
  });

  it('R14 a key ends, at the latest after the days allowed, and begins when it was told to', async () => {
    const unlimited = await make({ roles: ['viewer'] });
    const days = (Date.parse(unlimited.expires_at) - Date.now()) / DAY;
    expect(days).toBeGreaterThan(29.9);
    expect(days).toBeLessThanOrEqual(30);
    const later = await make({ roles: ['viewer'], not_before: new Date(Date.now() + DAY).toISOString() });
    await exchange(later.api_key).expect(401);
    const brief = await make({ roles: ['viewer'], expires_at: new Date(Date.now() + 1_500).toISOString() });
    const token = await tokenOf(brief.api_key);
    await untilStatus(() => exchange(brief.api_key), 401);
    await get('/api/v1/alerts', token).expect(401);
  });

  it('R14 shows when and from where a key was last used, and never the key or its hash', async () => {
    const key = await make({ roles: ['viewer'] });
    expect(key).toMatchObject({ last_used_at: null, last_used_from: null });
    await exchange(key.api_key, '198.51.100.77').expect(200);
    const { body, text } = await get(`${KEYS}?limit=500`, tenantAdmin).expect(200);
    const shown = body.items.find((item: Key) => item.key_id === key.key_id);
    expect(shown).toMatchObject({ last_used_from: '198.51.100.77', last_used_at: expect.stringMatching(/Z$/), principal: 'jo@acme-corp' });
    expect(Object.keys(shown)).not.toEqual(expect.arrayContaining(['hash']));
    expect(text).not.toContain(key.api_key.slice(22, 60));
    expect(text).not.toMatch(/hash|pepper/);
  });

  it('R14 a rotated key works on for the overlap, and its successor is the same but for the secret', async () => {
    const old = await make({ roles: ['analyst'], scopes: ['alerts:read'], allowed_cidrs: ['198.51.100.0/24'], label: 'shipper' });
    const { body: next } = (await post(`${KEYS}/${old.key_id}/rotate`, { overlap_seconds: 2 }).expect(201)) as { body: Key };
    for (const field of ['principal', 'kind', 'roles', 'scopes', 'allowed_cidrs', 'label']) expect(next[field]).toEqual(old[field]);
    expect(next.api_key).not.toBe(old.api_key);
    const both = await Promise.all([exchange(old.api_key), exchange(next.api_key)]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    await untilStatus(() => exchange(old.api_key), 401);
    await exchange(next.api_key).expect(200);
    const again = await post(`${KEYS}/${old.key_id}/rotate`);
    expect([404, 409]).toContain(again.status);
    const { body } = await get(`${KEYS}?limit=500`, tenantAdmin).expect(200);
    expect(body.items.find((item: Key) => item.key_id === old.key_id)).toMatchObject({ replaced_by: next.key_id });
  });

  it('R14 rotation leaves 24 hours where nothing is said, 7 days at most, and happens once', async () => {
    const old = await make({ roles: ['viewer'] });
    for (const overlap_seconds of [-1, 1.5, 604_801, null, 'x'])
      await post(`${KEYS}/${old.key_id}/rotate`, { overlap_seconds }).expect(422);
    await running.http.post(`${KEYS}/${old.key_id}/rotate`).auth(tenantAdmin, { type: 'bearer' }).expect(201);
    expect((await post(`${KEYS}/${old.key_id}/rotate`).expect(409)).body).toMatchObject({ type: '/problems/conflict' });
    const { body } = await get(`${KEYS}?limit=500`, tenantAdmin).expect(200);
    const left = Date.parse(body.items.find((item: Key) => item.key_id === old.key_id).expires_at) - Date.now();
    expect(Math.abs(left - DAY)).toBeLessThan(60_000);
    await post(`${KEYS}/000000000000/rotate`).expect(404);
    await post(`/api/v1/tenants/globex/api-keys/${old.key_id}/rotate`, {}, admin).expect(404);
  });

  it('R14 a scoped credential makes, rotates and hands on nothing beyond its scopes', async () => {
    const manager = await make({ roles: ['tenant-admin'], scopes: ['keys:manage', 'alerts:read'] });
    const wide = await make({ roles: ['analyst'] });
    const token = await tokenOf(manager.api_key);
    const beyond = await post(KEYS, { principal: 'eve@acme-corp', roles: ['analyst'] }, token).expect(422);
    expect(beyond.body.errors).toEqual([expect.objectContaining({ pointer: '/scopes', code: 'beyond_own_scopes' })]);
    await post(KEYS, { principal: 'eve@acme-corp', roles: ['analyst'], scopes: ['alerts:read'] }, token).expect(201);
    await post(`${KEYS}/${wide.key_id}/rotate`, {}, token).expect(403);
  });

  it('R14 the key of a program says so, decides nothing, and keeps to its scopes', async () => {
    const service = await make({ roles: ['responder'], kind: 'service', scopes: ['alerts:read'], principal: 'reporter@acme-corp' });
    expect(service.api_key).toMatch(/^gtr_svc_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
    const token = await tokenOf(service.api_key);
    await get('/api/v1/alerts', token).expect(200);
    await get('/api/v1/approvals', token).expect(403);
  });

  it('R14 the platform’s own keys are made, scoped, rotated and revoked by platform-admins alone', async () => {
    await post('/admin/api-keys', { principal: 'eve@acme-corp' }, tenantAdmin).expect(403);
    const scraper = await make({ principal: 'prometheus@platform', kind: 'service', scopes: ['metrics:read'] }, '/admin/api-keys', admin);
    expect(scraper).toMatchObject({ tenant_id: null, roles: ['platform-admin'], kind: 'service' });
    const token = await tokenOf(scraper.api_key);
    await get('/metrics', token).expect(200);
    await get('/api/v1/tenants', token).expect(403);
    await get('/admin/api-keys', token).expect(403);
    const { body: next } = (await post(`/admin/api-keys/${scraper.key_id}/rotate`, { overlap_seconds: 0 }, admin).expect(201)) as {
      body: Key;
    };
    await exchange(scraper.api_key).expect(401);
    await get('/metrics', token).expect(401);
    const { body } = await get('/admin/api-keys', admin).expect(200);
    expect(body.items.map((item: Key) => item.key_id)).toEqual(expect.arrayContaining([next.key_id, scraper.key_id]));
    await running.http.delete(`/admin/api-keys/${next.key_id}`).auth(admin, { type: 'bearer' }).expect(204);
    await exchange(next.api_key).expect(401);
    await running.http.delete(`${KEYS}/${next.key_id}`).auth(admin, { type: 'bearer' }).expect(404);
  });

  it('R14 writes down every operation on keys, in the platform’s log and for the tenant in its own', async () => {
    const key = await make({ roles: ['viewer'] });
    const { body: next } = (await post(`${KEYS}/${key.key_id}/rotate`).set('X-Correlation-ID', 'rotating').expect(201)) as { body: Key };
    await running.http.delete(`${KEYS}/${next.key_id}`).auth(tenantAdmin, { type: 'bearer' }).expect(204);
    for (const [path, token] of [
      ['/api/v1/audit', tenantAdmin],
      ['/admin/audit', admin],
    ] as const) {
      const actions = async (id: string): Promise<string[]> =>
        (await get(`${path}?target_id=${id}`, token).expect(200)).body.items.map(({ action }: { action: string }) => action);
      expect(await actions(key.key_id)).toEqual(['api_key.created', 'api_key.rotated']);
      expect(await actions(next.key_id)).toEqual(['api_key.created', 'api_key.revoked']);
      const { body } = await get(`${path}?correlation_id=rotating&action=api_key.rotated`, token).expect(200);
      expect(body.items).toEqual([
        expect.objectContaining({
          actor: { type: 'person', id: 'tenant_admin@acme-corp' },
          outcome: 'success',
          source_ip: '127.0.0.1',
          details: expect.objectContaining({ replaced_by: next.key_id }),
        }),
      ]);
    }
    await get('/admin/audit', tenantAdmin).expect(403);
  });
});

async function untilStatus(ask: () => PromiseLike<{ status: number }>, status: number): Promise<void> {
  for (const giveUp = Date.now() + 10_000; Date.now() < giveUp;) {
    if ((await ask()).status === status) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no ${status} in time`);
}
