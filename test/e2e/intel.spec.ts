import { startApp, type RunningApp } from '../support/running-app.js';

const ID = 'indicator--5e0f2b9c-7c64-4c0f-9c4e-0d8a2a3f1b10';

function bundle(...indicators: Record<string, unknown>[]): Record<string, unknown> {
  return { type: 'bundle', id: 'bundle--3f0a6f0e-2c1b-4b5e-8d7a-9b1c2d3e4f50', objects: indicators };
}

function indicator(pattern: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { type: 'indicator', spec_version: '2.1', id: ID, pattern, pattern_type: 'stix', valid_from: '2026-01-01T00:00:00Z', ...more };
}

describe('threat intelligence and rules over HTTP', () => {
  let running: RunningApp;
  const tokens = new Map<string, string>();
  const as = (who: string): [string, string] => ['Authorization', `Bearer ${tokens.get(who)}`];

  beforeAll(async () => {
    running = await startApp();
    for (const tenant of ['acme-corp', 'globex']) {
      for (const role of ['viewer', 'analyst', 'collector']) tokens.set(`${tenant} ${role}`, await running.token(tenant, role));
    }
  });
  afterAll(() => running.close());

  it('takes a bundle, lists it, reports what it cannot use, and removes it', async () => {
    const sent = bundle(
      indicator("[ipv4-addr:value = '203.0.113.66' OR domain-name:value = 'update.bad.example']", { confidence: 85 }),
      indicator("[file:name MATCHES '(']", { id: 'indicator--2' }),
      { type: 'identity', id: 'identity--1' },
    );
    const first = await running.http
      .post('/api/v1/intel/indicators')
      .set(...as('acme-corp analyst'))
      .send(sent)
      .expect(200);
    expect(first.body).toEqual({
      accepted: 1,
      updated: 0,
      unsupported: [{ id: 'indicator--2', reason: 'not a regular expression, or one that looks around or refers back: (' }],
    });
    const { body } = await running.http
      .get('/api/v1/intel/indicators?type=ip&type=url&source=api')
      .set(...as('acme-corp viewer'))
      .expect(200);
    expect(body.items).toMatchObject([{ external_id: ID, confidence: 0.85, source: 'api', revoked: false }]);
    const path = `/api/v1/intel/indicators/${body.items[0].indicator_id}`;
    const missing = await running.http
      .get('/api/v1/intel/indicators/nothing')
      .set(...as('globex viewer'))
      .set('X-Correlation-ID', 'same')
      .expect(404);
    const others = await running.http
      .get(path)
      .set(...as('globex viewer'))
      .set('X-Correlation-ID', 'same')
      .expect(404);
    expect({ ...others.body, instance: '' }).toEqual({ ...missing.body, instance: '' });
    await running.http
      .delete(path)
      .set(...as('globex analyst'))
      .expect(404);
    await running.http
      .delete(path)
      .set(...as('acme-corp viewer'))
      .expect(403);
    await running.http
      .delete(path)
      .set(...as('acme-corp analyst'))
      .expect(204);
    await running.http
      .delete(path)
      .set(...as('acme-corp analyst'))
      .expect(404);
  });

  it('shows a pattern, its marking and that no list allows it, and how feeds do', async () => {
    const pattern = "[process:name = 'evil.exe' AND process:image_ref.parent_directory_ref.path LIKE '%Temp']";
    const marking = 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1';
    await running.http
      .post('/api/v1/intel/indicators')
      .set(...as('globex analyst'))
      .send(bundle(indicator(pattern, { id: 'indicator--7', object_marking_refs: [marking] })))
      .expect(200);
    const { body } = await running.http
      .get('/api/v1/intel/indicators?source=api')
      .set(...as('globex viewer'))
      .expect(200);
    expect(body.items).toContainEqual(
      expect.objectContaining({ external_id: 'indicator--7', values: [], pattern, tlp: 'red', allow_listed: false }),
    );
    const feeds = await running.http
      .get('/api/v1/intel/feeds')
      .set(...as('globex viewer'))
      .expect(200);
    expect(feeds.body).toEqual({ items: [] });
  });

  it('shows what rules look for as a layer of the ATT&CK Navigator', async () => {
    const { body } = await running.http
      .get('/api/v1/coverage/attack-layer')
      .set(...as('acme-corp viewer'))
      .expect(200);
    expect(body).toMatchObject({ domain: 'enterprise-attack', versions: { layer: '4.5' } });
    expect(body.techniques).toContainEqual(
      expect.objectContaining({ techniqueID: expect.stringMatching(/^T\d{4}/), score: expect.any(Number) }),
    );
    await running.http
      .get('/api/v1/coverage/attack-layer')
      .set(...as('acme-corp collector'))
      .expect(403);
  });

  it('finds by value in any spelling', async () => {
    const sent = bundle(indicator("[ipv6-addr:value = '2001:db8::7']", { id: 'indicator--6' }));
    await running.http
      .post('/api/v1/intel/indicators')
      .set(...as('globex analyst'))
      .send(sent)
      .expect(200);
    const { body } = await running.http
      .get('/api/v1/intel/indicators?value=2001:DB8:0::7')
      .set(...as('globex viewer'))
      .expect(200);
    expect(body.items).toHaveLength(1);
  });

  it.each<[string, unknown]>([
    ['no bundle', { type: 'indicator', objects: [] }],
    ['no objects', { type: 'bundle' }],
    ['objects that are none', { type: 'bundle', objects: ['x', 5, null] }],
    ['an unknown field', { type: 'bundle', objects: [], tenant_id: 'globex' }],
    ['a list', []],
  ])('refuses %s', async (_name, body) => {
    const answer = await running.http
      .post('/api/v1/intel/indicators')
      .set(...as('acme-corp analyst'))
      .send(body as object);
    expect([400, 422]).toContain(answer.status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  it.each(['type=port', 'cursor=%22', 'limit=0', 'limit=501', 'unknown=1', `value=${'x'.repeat(3_000)}`])('refuses ?%s', async (query) => {
    const answer = await running.http.get(`/api/v1/intel/indicators?${query}`).set(...as('acme-corp viewer'));
    expect([400, 422]).toContain(answer.status);
  });

  it('lets a collector neither read nor write', async () => {
    await running.http
      .get('/api/v1/intel/indicators')
      .set(...as('acme-corp collector'))
      .expect(403);
    await running.http
      .post('/api/v1/intel/indicators')
      .set(...as('acme-corp collector'))
      .send(bundle())
      .expect(403);
  });

  it('lists rules in force, with their authors, and finds one', async () => {
    const { body } = await running.http
      .get('/api/v1/rules?q=gatra.statistical&limit=2')
      .set(...as('acme-corp viewer'))
      .expect(200);
    expect(body.items).toHaveLength(2);
    expect(body.items[0]).toMatchObject({ author: 'GATRA project', license: 'Apache-2.0', detector: 'statistical' });
    const next = await running.http
      .get(`/api/v1/rules?q=gatra.statistical&limit=2&cursor=${body.next_cursor}`)
      .set(...as('acme-corp viewer'))
      .expect(200);
    expect(next.body.items[0].id > body.items[1].id).toBe(true);
    await running.http
      .get(`/api/v1/rules/${body.items[0].id}`)
      .set(...as('acme-corp viewer'))
      .expect(200);
    await running.http
      .get('/api/v1/rules/nothing')
      .set(...as('acme-corp viewer'))
      .expect(404);
    await running.http
      .get('/api/v1/rules?level=severe')
      .set(...as('acme-corp viewer'))
      .expect(422);
    await running.http
      .get('/api/v1/rule-issues')
      .set(...as('acme-corp viewer'))
      .expect(200);
  });
});
