import { toTenantId } from '../../src/contracts/tenant.js';
import { tenantDirectoryPath } from '../../src/platform/storage/data-directory.js';
import { startApp, type RunningApp } from '../support/running-app.js';

describe('misuse by those who have a credential', () => {
  let running: RunningApp;
  let admin: string;
  beforeAll(async () => {
    running = await startApp();
    admin = await running.token('platform');
  });
  afterAll(() => running.close());

  const bearer = async (tenant: string, role: string): Promise<[string, string]> => [
    'Authorization',
    `Bearer ${await running.token(tenant, role)}`,
  ];
  const patchTenant = (body: object) => running.http.patch('/api/v1/tenants/globex').set('Authorization', `Bearer ${admin}`).send(body);

  const create = (body: object) => running.http.post('/api/v1/tenants').set('Authorization', `Bearer ${admin}`).send(body);

  it('of many changes on one version, one is made and the others are told', async () => {
    const { body } = await running.http.get('/api/v1/tenants/globex').set('Authorization', `Bearer ${admin}`).expect(200);
    const answers = await Promise.all(Array.from({ length: 8 }, (_, at) => patchTenant({ name: `Globex ${at}`, version: body.version })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const refused = answers.filter(({ status }) => status === 409);
    for (const answer of refused) expect(answer.body).toMatchObject({ type: '/problems/stale-version', current_version: body.version + 1 });
  });

  it('webhooks go nowhere but to http and https, and hold no credentials', async () => {
    const urls = [
      'file:///etc/passwd',
      'gopher://x.example/',
      'http://user:secret@x.example/',
      'https://user@x.example/',
      'javascript:alert(1)',
      '//x.example/',
      'x.example',
      ' ',
    ];
    for (const url of urls) {
      const { body } = await patchTenant({ webhooks: { notify_url: url } }).expect(422);
      expect(body.errors).toEqual(expect.arrayContaining([expect.objectContaining({ pointer: '/webhooks/notify_url' })]));
    }
    await patchTenant({ webhooks: { notify_url: null } }).expect(200);
  });

  it('HOS-05 webhooks name nothing inside unless it is allowed to this tenant', async () => {
    const inside = [
      'http://169.254.169.254/latest/meta-data/',
      'http://[::ffff:a9fe:a9fe]/',
      'http://2130706433/',
      'http://0x7f.1/',
      'https://localhost:8443/',
      'http://metadata.google.internal/',
      'http://hooks.example:22/',
    ];
    for (const url of inside) {
      const { body } = await patchTenant({ webhooks: { ticket_url: url } }).expect(422);
      expect(body.errors).toEqual([expect.objectContaining({ pointer: '/webhooks/ticket_url' })]);
      const created = await create({ tenant_id: 'initech', name: 'x', webhooks: { ticket_url: url } }).expect(422);
      expect(created.body.errors).toEqual([expect.objectContaining({ pointer: '/webhooks/ticket_url' })]);
    }
    await patchTenant({ outbound_allow: ['10.0.0.0/33'] }).expect(422);
    const ticket = { webhooks: { ticket_url: 'http://10.1.2.3:8065/hook' } };
    await patchTenant(ticket).expect(422);
    const { body } = await patchTenant({ ...ticket, outbound_allow: ['10.1.2.0/24', 'tickets.corp'] }).expect(200);
    expect(body.outbound_allow).toEqual(['10.1.2.0/24', 'tickets.corp']);
    await patchTenant({ outbound_allow: [] }).expect(422);
    await patchTenant({ webhooks: { ticket_url: null }, outbound_allow: [] }).expect(200);
  });

  it('settings are whole objects: no null and no array takes their place', async () => {
    const wrong = [
      { name: null },
      { features: null },
      { features: [] },
      { rate_limits: null },
      { rate_limits: [] },
      { webhooks: [] },
      { version: null },
      { critical_entities: {} },
    ];
    for (const body of wrong) await patchTenant(body).expect(422);
    const { body } = await running.http.get('/api/v1/tenants/globex').set('Authorization', `Bearer ${admin}`).expect(200);
    expect(body).toMatchObject({ features: { auto_containment: false }, rate_limits: { ingest_burst: 5_000 } });
  });

  it('tenants have names that are names of nothing else', async () => {
    const create = (id: string) =>
      running.http.post('/api/v1/tenants').set('Authorization', `Bearer ${admin}`).send({ tenant_id: id, name: 'x' });
    const bad = [
      '__proto__',
      'ac\u043ce-corp',
      'acme-\u212Aorp',
      'ACME-CORP',
      'acme-corp\n',
      '../acme',
      'a/b',
      'a%2fb',
      'a.b',
      '-ab',
      'ab-',
      'ab',
    ];
    for (const id of bad) await create(id).expect(422);
    await create('constructor').expect(201);
    const { body: key } = await running.http
      .post('/api/v1/tenants/constructor/api-keys')
      .set('Authorization', `Bearer ${admin}`)
      .send({ principal: 'jo', roles: ['viewer'] })
      .expect(201);
    const { body: token } = await running.http.post('/api/v1/auth/token').set('X-API-Key', key.api_key).expect(200);
    await running.http.get('/api/v1/alerts').set('Authorization', `Bearer ${token.access_token}`).expect(200);
    expect(tenantDirectoryPath(running.config.dataDir, toTenantId('constructor'))).toMatch(/\/[0-9a-f]{32}$/);
  });

  it('a cursor of another list, or of none, is refused', async () => {
    const [name, token] = await bearer('acme-corp', 'responder');
    const cursor = (position: unknown): string => Buffer.from(JSON.stringify(position)).toString('base64url');
    const lists = ['alerts', 'incidents', 'approvals', 'containment/actions', 'events', 'audit', 'rules', 'intel/indicators'];
    const positions = [[], [null], [{}], [[1]], ['a', 'b', 'c', 'd'], { 0: 'a' }, 'a', [true, 'x']];
    for (const list of lists) {
      for (const position of positions)
        await running.http
          .get(`/api/v1/${list}?cursor=${cursor(position)}`)
          .set(name, token)
          .expect(400);
      await running.http.get(`/api/v1/${list}?cursor=%00`).set(name, token).expect(422);
      await running.http.get(`/api/v1/${list}?limit=0`).set(name, token).expect(422);
      await running.http.get(`/api/v1/${list}?limit=1&limit=2`).set(name, token).expect(422);
    }
    for (const sort of ['created_at;drop table alerts', '-', '--created_at', 'tenant_id', 'created_at,score']) {
      await running.http
        .get(`/api/v1/alerts?sort=${encodeURIComponent(sort)}`)
        .set(name, token)
        .expect(422);
    }
  });

  it('times that only look like times are refused, where they would be used', async () => {
    const [name, token] = await bearer('acme-corp', 'responder');
    for (const time of ['2024-W01', '2024-W01-1', '2024-366', '20260115T000000Z', '99999-01-01', '2026-02-30', '2026-01-15T09:30:00']) {
      for (const list of ['alerts', 'incidents', 'events', 'audit', 'accounting']) {
        for (const bound of ['from', 'to']) await running.http.get(`/api/v1/${list}?${bound}=${time}`).set(name, token).expect(422);
      }
    }
  });

  it('a collector decides nothing, by its key or by its token', async () => {
    const path = '/api/v1/approvals/f0e1d2c3-0000-7000-8000-000000000000/approve';
    const body = { digest: 'a'.repeat(64) };
    await running.http.post(path).set('X-API-Key', running.apiKey('acme-corp', 'collector')).send(body).expect(403);
    await running.http
      .post(path)
      .set(...(await bearer('acme-corp', 'collector')))
      .send(body)
      .expect(403);
    await running.http.post(path).set('X-API-Key', running.apiKey('acme-corp', 'responder')).send(body).expect(403);
  });

  it('what is answered to a credential is kept by nobody and has no condition to meet', async () => {
    const [name, token] = await bearer('acme-corp', 'viewer');
    for (const path of ['/api/v1/alerts', '/api/v1/nowhere', '/api/v1/alerts/unknown']) {
      const { headers, status } = await running.http.get(path).set(name, token).set('If-None-Match', '*');
      expect(status).not.toBe(304);
      expect(headers).toMatchObject({ 'cache-control': 'no-store', vary: expect.stringContaining('Authorization') });
      expect(headers['etag']).toBeUndefined();
    }
  });

  it('a tenant that is suspended while its work is queued keeps its work and refuses its credentials', async () => {
    const key = running.apiKey('globex', 'collector');
    const [name, token] = await bearer('globex', 'viewer');
    const events = Array.from({ length: 50 }, (_, at) => ({ message: `before ${at}`, host: 'web-1' }));
    await running.http.post('/api/v1/events').set('X-API-Key', key).send({ events }).expect(202);
    await running.http.post('/api/v1/tenants/globex/suspend').set('Authorization', `Bearer ${admin}`).expect(200);
    await running.http.post('/api/v1/events').set('X-API-Key', key).send({ events }).expect(403);
    const { body } = await running.http.get('/api/v1/events?q=before').set(name, token).expect(403);
    expect(body.type).toBe('/problems/tenant-suspended');
    await running.http.post('/api/v1/tenants/globex/resume').set('Authorization', `Bearer ${admin}`).expect(200);
    const found = await running.http.get('/api/v1/events?q=before').set(name, token).expect(200);
    expect(found.body.items).toHaveLength(50);
  });
});
