import { incident } from '../support/containment-rig.js';
import { startContainmentApp, type ContainmentApp } from '../support/containment-app.js';

describe('containment', () => {
  let app: ContainmentApp;
  beforeAll(async () => {
    app = await startContainmentApp();
  });
  afterAll(() => app.close());

  const request = (id: string, body: object, role = 'analyst') => app.post(`/api/v1/incidents/${id}/actions`, role, body);
  const notify = (id: string) => ({ action: 'notify', target: { type: 'incident', value: id }, reason: 'Tell people.' });

  it('R50 an incident is answered by its playbook: low risk has run, the rest waits for a person', async () => {
    const found = incident();
    await app.respond(found);
    const list = await app.get(`/api/v1/containment/actions?incident_id=${found.incident_id}`, 'viewer').expect(200);
    const statuses = list.body.items.map(({ kind, status }: { kind: string; status: string }) => `${kind}: ${status}`).sort();
    expect(statuses).toEqual([
      'block_domain: pending_approval',
      'block_ip: pending_approval',
      'create_ticket: executed',
      'disable_user: pending_approval',
      'isolate_host: pending_approval',
      'notify: executed',
    ]);
    const notified = list.body.items.find(({ kind }: { kind: string }) => kind === 'notify');
    expect(notified.result).toMatchObject({ channel: 'audit', delivered: false });
    expect(await app.respond(found)).toHaveLength(6);
  });

  it('a dry run says that it was one, and the effect of an approved action can be undone', async () => {
    const found = incident({ entities: [{ type: 'host', value: 'lab-ws-01' }] });
    await app.respond(found);
    const list = await app.get(`/api/v1/containment/actions?incident_id=${found.incident_id}&kind=isolate_host`, 'viewer').expect(200);
    const [action] = list.body.items;
    await app.post(`/api/v1/approvals/${action.approval_id}/approve`, 'responder', { comments: '', digest: action.digest }).expect(200);
    await app.work('acme-corp');
    const path = `/api/v1/containment/actions/${action.action_id}`;
    expect((await app.get(path, 'viewer').expect(200)).body).toMatchObject({
      status: 'executed',
      result: {
        dry_run: true,
        command: { action: 'contain', target: { device: { hostname: 'lab-ws-01' } }, command_id: action.action_id },
      },
    });
    await app.post(`${path}/revert`, 'analyst', { reason: 'clean' }).expect(403);
    const begun = await app.post(`${path}/revert`, 'responder', { reason: 'clean' }).expect(202);
    expect(begun.body.status).toBe('reverting');
    await app.work('acme-corp');
    expect((await app.get(path, 'viewer').expect(200)).body).toMatchObject({
      status: 'reverted',
      result: { revert: { command: { action: 'allow' } } },
    });
    await app.post(`${path}/revert`, 'responder', { reason: 'again' }).expect(409);
  });

  it('lists actions and the audit log in either order', async () => {
    const times = async (sort: string): Promise<string[]> =>
      (await app.get(`/api/v1/containment/actions?sort=${sort}`, 'viewer').expect(200)).body.items.map((item: never) => item['updated_at']);
    const ascending = await times('updated_at');
    expect(ascending).toEqual([...ascending].sort());
    expect(await times('-updated_at')).toEqual([...ascending].reverse());
    const indexes = async (query: string): Promise<number[]> =>
      (await app.get(`/api/v1/audit?limit=500${query}`, 'tenant_admin').expect(200)).body.items.map((item: never) => item['index']);
    expect(await indexes('&sort=-index')).toEqual((await indexes('')).reverse());
    await app.get('/api/v1/containment/actions?sort=digest', 'viewer').expect(422);
  });

  it('what cannot be undone is refused', async () => {
    const { incident_id: id } = app.put(incident());
    const { body } = await request(id, { action: 'reset_credentials', target: { type: 'user', value: 'jo' }, reason: 'Phished.' }).expect(
      201,
    );
    await app.post(`/api/v1/approvals/${body.approval_id}/approve`, 'responder', { digest: body.digest }).expect(200);
    await app.work('acme-corp');
    const refused = await app.post(`/api/v1/containment/actions/${body.action_id}/revert`, 'responder', { reason: 'oh' }).expect(409);
    expect(refused.body.detail).toBe('There is no inverse of reset_credentials.');
  });

  it('a person asks under the same risk rules, once for the same thing', async () => {
    const { incident_id: id } = app.put(incident());
    const first = await request(id, notify(id)).expect(201);
    expect(first.body).toMatchObject({ status: 'planned', risk: 'low', requested_by: 'analyst@acme-corp', approval_id: null });
    await app.work('acme-corp');
    const same = await request(id, notify(id)).expect(409);
    expect(same.body).toMatchObject({ type: '/problems/conflict', action_id: first.body.action_id });
    const critical = { action: 'isolate_host', target: { type: 'host', value: 'DC01.acme.example' }, reason: 'It is taken over.' };
    expect((await request(id, critical).expect(201)).body).toMatchObject({
      status: 'pending_approval',
      risk: 'high',
      target: { value: 'dc01.acme.example' },
    });
  });

  it('a missing incident and another tenant’s are the same 404; a merged one is 409', async () => {
    const theirs = app.put(incident({ tenant_id: 'globex' as never }));
    const merged = app.put(incident({ status: 'merged', merged_into: 'other' }));
    for (const id of ['nothing', theirs.incident_id, '%00', encodeURIComponent("' OR 1=1 --")]) await request(id, notify(id)).expect(404);
    expect((await request(merged.incident_id, notify(merged.incident_id)).expect(409)).body.merged_into).toBe('other');
  });

  it('targets that must not be touched, and bodies that are not requests, are 422 with the place of the fault', async () => {
    const { incident_id: id } = app.put(incident());
    const reason = 'Because.';
    const bad: readonly (readonly [object, string])[] = [
      [{ action: 'block_ip', target: { type: 'ip', value: '10.0.0.1' }, reason }, '/target/value'],
      [{ action: 'block_ip', target: { type: 'ip', value: '::1' }, reason }, '/target/value'],
      [{ action: 'block_ip', target: { type: 'ip', value: '203.0.113.9\n10.0.0.1' }, reason }, '/target/value'],
      [{ action: 'block_ip', target: { type: 'host', value: 'a' }, reason }, '/target/type'],
      [{ action: 'block_domain', target: { type: 'domain', value: 'com' }, reason }, '/target/value'],
      [{ action: 'disable_user', target: { type: 'user', value: 'SYSTEM' }, reason }, '/target/value'],
      [{ action: 'notify', target: { type: 'incident', value: 'another' }, reason }, '/target/value'],
      [{ action: 'launch', target: { type: 'ip', value: '203.0.113.9' }, reason }, '/action'],
      [{ action: 'block_ip', target: { type: 'ip', value: 'x'.repeat(600) }, reason }, '/target/value'],
      [{ action: 'block_ip', target: { type: 'ip', value: { $gt: '' } }, reason }, '/target/value'],
      [{ action: 'block_ip', target: 'ip', reason }, '/target'],
      [{ action: 'block_ip', target: [], reason }, '/target'],
      [{ action: 'block_ip', target: null, reason }, '/target'],
      [{ action: 'block_ip', target: { type: 'ip', value: '203.0.113.9' } }, '/reason'],
      [{ action: 'block_ip', target: { type: 'ip', value: '203.0.113.9' }, reason, requested_by: 'boss' }, '/requested_by'],
      [{ action: 'block_ip', target: { type: 'ip', value: '203.0.113.9', extra: 1 }, reason }, '/target/extra'],
    ];
    for (const [body, pointer] of bad) {
      const answer = await request(id, body).expect(422);
      expect(answer.body.errors.map((error: { pointer: string }) => error.pointer.slice(0, pointer.length))).toContain(pointer);
    }
  });

  it('R31 counts what was carried out', async () => {
    const { incident_id: id } = app.put(incident());
    await request(id, notify(id)).expect(201);
    await app.work('acme-corp');
    const { Metrics } = await import('../../src/platform/observability/metrics.js');
    expect(await app.app.get(Metrics).registry.metrics()).toMatch(/containment_executed\{tenant_id="acme-corp",status="executed"\} [1-9]/);
  });
});
