import { startApp, type RunningApp } from '../support/running-app.js';

describe('tenants and keys', () => {
  let running: RunningApp;
  let admin: string;
  const bearer = (token: string): [string, string] => ['Authorization', `Bearer ${token}`];

  beforeAll(async () => {
    running = await startApp();
    admin = await running.token('platform');
  });
  afterAll(() => running.close());

  it('R23 has the tenants of the configuration file, with the guide’s limits', async () => {
    const { body } = await running.http
      .get('/api/v1/tenants')
      .set(...bearer(admin))
      .expect(200);
    expect(body.items.map((tenant: { tenant_id: string }) => tenant.tenant_id)).toEqual(['acme-corp', 'globex']);
    expect(body.items[0].rate_limits).toEqual({ ingest_eps: 100_000, ingest_burst: 1_000_000, alerts_per_min: 100_000 });
    expect(body.items[1].rate_limits).toEqual({ ingest_eps: 500, ingest_burst: 5_000, alerts_per_min: 100 });
  });

  it('pages through tenants in a stable order', async () => {
    const first = await running.http
      .get('/api/v1/tenants?limit=1')
      .set(...bearer(admin))
      .expect(200);
    const second = await running.http
      .get(`/api/v1/tenants?limit=1&cursor=${first.body.next_cursor}`)
      .set(...bearer(admin))
      .expect(200);
    expect([first.body.items[0].tenant_id, second.body.items[0].tenant_id]).toEqual(['acme-corp', 'globex']);
    expect(second.body.next_cursor).toBeNull();
    await running.http
      .get('/api/v1/tenants?cursor=abc')
      .set(...bearer(admin))
      .expect(400);
  });

  it('trap.P10-tenant-create-requires-operator', async () => {
    await running.http.post('/api/v1/tenants').send({ tenant_id: 'mallory', name: 'M' }).expect(401);
    const tenantAdmin = await running.token('acme-corp', 'tenant_admin');
    const refused = await running.http
      .post('/api/v1/tenants')
      .set(...bearer(tenantAdmin))
      .send({ tenant_id: 'mallory', name: 'M' })
      .expect(403);
    expect(refused.body).toMatchObject({ type: '/problems/forbidden', permission: 'tenants:manage' });
  });

  it('trap.P10-duplicate-tenant-409-unchanged', async () => {
    const before = await running.http
      .get('/api/v1/tenants/globex')
      .set(...bearer(admin))
      .expect(200);
    await running.http
      .post('/api/v1/tenants')
      .set(...bearer(admin))
      .send({ tenant_id: 'globex', name: 'Taken over' })
      .expect(409);
    const after = await running.http
      .get('/api/v1/tenants/globex')
      .set(...bearer(admin))
      .expect(200);
    expect(after.body).toEqual(before.body);
    await running.token('globex', 'viewer');
  });

  it('R24 creates a tenant, shows its first key once, suspends and resumes it', async () => {
    await running.http
      .post('/api/v1/tenants')
      .set(...bearer(admin))
      .send({ tenant_id: 'initech', name: 'Initech' })
      .expect(201);
    const key = await running.http
      .post('/api/v1/tenants/initech/api-keys')
      .set(...bearer(admin))
      .send({ principal: 'peter@initech', roles: ['tenant-admin'] })
      .expect(201);
    expect(key.body.api_key).toMatch(/^gtr_test_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
    const listed = await running.http
      .get('/api/v1/tenants/initech/api-keys')
      .set(...bearer(admin))
      .expect(200);
    expect(listed.body.items).toHaveLength(1);
    expect(JSON.stringify(listed.body)).not.toContain(key.body.api_key.slice(22, 60));

    const exchange = await running.http.post('/api/v1/auth/token').set('X-API-Key', key.body.api_key).expect(200);
    const peter = exchange.body.access_token;
    await running.http
      .get('/api/v1/audit')
      .set(...bearer(peter))
      .expect(200);
    await running.http
      .post('/api/v1/tenants/initech/suspend')
      .set(...bearer(admin))
      .expect(200);
    const suspended = await running.http
      .get('/api/v1/audit')
      .set(...bearer(peter))
      .expect(403);
    expect(suspended.body.type).toBe('/problems/tenant-suspended');
    await running.http
      .post('/api/v1/tenants/initech/resume')
      .set(...bearer(admin))
      .expect(200);
    await running.http
      .get('/api/v1/audit')
      .set(...bearer(peter))
      .expect(200);
  });

  it('R14 a revoked key is refused at once, and so is the token it was exchanged for', async () => {
    const key = await running.http
      .post('/api/v1/tenants/globex/api-keys')
      .set(...bearer(admin))
      .send({ principal: 'temp@globex', roles: ['responder'], label: 'for an hour' })
      .expect(201);
    const { body } = await running.http.post('/api/v1/auth/token').set('X-API-Key', key.body.api_key).expect(200);
    await running.http
      .get('/api/v1/audit')
      .set(...bearer(body.access_token))
      .expect(200);
    await running.http
      .delete(`/api/v1/tenants/globex/api-keys/${key.body.key_id}`)
      .set(...bearer(admin))
      .expect(204);
    await running.http.post('/api/v1/auth/token').set('X-API-Key', key.body.api_key).expect(401);
    await running.http
      .get('/api/v1/audit')
      .set(...bearer(body.access_token))
      .expect(401);
    await running.http
      .delete(`/api/v1/tenants/globex/api-keys/${key.body.key_id}`)
      .set(...bearer(admin))
      .expect(404);
  });

  it('trap.P11-role-not-from-mutable-field', async () => {
    const tenantAdmin = await running.token('acme-corp', 'tenant_admin');
    const post = (body: object): ReturnType<typeof running.http.post> =>
      running.http
        .post('/api/v1/tenants/acme-corp/api-keys')
        .set(...bearer(tenantAdmin))
        .send(body);
    await post({ principal: 'eve@acme-corp', roles: ['platform-admin'] }).expect(422);
    const unknown = await post({ principal: 'eve@acme-corp', roles: ['viewer'], tenant_id: 'globex' }).expect(422);
    expect(unknown.body.errors).toEqual([expect.objectContaining({ pointer: '/tenant_id', code: 'unknown_field' })]);
  });

  it('R22 another tenant’s keys answer exactly like those of a tenant that does not exist', async () => {
    const tenantAdmin = await running.token('acme-corp', 'tenant_admin');
    const ask = (id: string): Promise<{ body: object; status: number }> =>
      running.http
        .get(`/api/v1/tenants/${id}/api-keys`)
        .set(...bearer(tenantAdmin))
        .set('X-Correlation-ID', 'same');
    const [foreign, missing] = await Promise.all([ask('globex'), ask('nobody')]);
    expect(foreign.status).toBe(404);
    expect({ ...foreign.body, instance: '' }).toEqual({ ...missing.body, instance: '' });
  });

  it('trap.P04-tenant-from-credential-only', async () => {
    const viewer = await running.token('acme-corp', 'responder');
    const answer = await running.http
      .get('/api/v1/audit')
      .set(...bearer(viewer))
      .set('X-Tenant-ID', 'globex')
      .expect(403);
    expect(answer.body.type).toBe('/problems/tenant-not-held');
    await running.http
      .get('/api/v1/audit')
      .set(...bearer(viewer))
      .set('X-Tenant-ID', 'acme-corp')
      .expect(200);
  });

  it('a stale change is refused and tells the present version', async () => {
    const { body } = await running.http
      .get('/api/v1/tenants/globex')
      .set(...bearer(admin))
      .expect(200);
    const change = (version: number): ReturnType<typeof running.http.patch> =>
      running.http
        .patch('/api/v1/tenants/globex')
        .set(...bearer(admin))
        .set('If-Match', `"${version}"`)
        .send({ name: 'Globex GmbH' });
    await change(body.version).expect(200);
    const stale = await change(body.version).expect(409);
    expect(stale.body).toMatchObject({ type: '/problems/stale-version', current_version: body.version + 1 });
  });

  it('an Idempotency-Key makes the same request happen once, and is refused for another', async () => {
    const post = (name: string): ReturnType<typeof running.http.post> =>
      running.http
        .post('/api/v1/tenants')
        .set(...bearer(admin))
        .set('Idempotency-Key', 'make-hooli')
        .send({ tenant_id: 'hooli', name });
    const first = await post('Hooli').expect(201);
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    const again = await post('Hooli').expect(201).expect('Idempotency-Replayed', 'true');
    expect(again.body).toEqual(first.body);
    const other = await post('Hooli XYZ').expect(422);
    expect(other.body.type).toBe('/problems/idempotency-key-reused');
  });

  it('trap.P12-no-plaintext-key-at-rest: an answer that holds a key is not kept for replays', async () => {
    const post = (): ReturnType<typeof running.http.post> =>
      running.http
        .post('/api/v1/tenants/globex/api-keys')
        .set(...bearer(admin))
        .set('Idempotency-Key', 'one-key')
        .send({ principal: 'once@globex', roles: ['viewer'] });
    await post().expect(201);
    await post().expect(409);
    const listed = await running.http
      .get('/api/v1/tenants/globex/api-keys')
      .set(...bearer(admin))
      .expect(200);
    expect(listed.body.items.filter((key: { principal: string }) => key.principal === 'once@globex')).toHaveLength(1);
  });
});
