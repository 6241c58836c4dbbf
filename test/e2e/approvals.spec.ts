import { ApprovalCensus } from '../../src/cra/approval-census.js';
import { Metrics } from '../../src/platform/observability/metrics.js';
import { incident } from '../support/containment-rig.js';
import { startContainmentApp, type ContainmentApp } from '../support/containment-app.js';

const REQUEST = { action: 'block_ip', target: { type: 'ip', value: '203.0.113.9' }, reason: 'The archive went there.' };

describe('approvals', () => {
  let app: ContainmentApp;
  beforeAll(async () => {
    app = await startContainmentApp();
  });
  afterAll(() => app.close());

  const ask = async (role = 'analyst', tenant = 'acme-corp'): Promise<Record<string, string>> => {
    const { incident_id: id } = app.put(incident({ tenant_id: tenant as never }));
    const answer = await app.post(`/api/v1/incidents/${id}/actions`, role, REQUEST, tenant).expect(201);
    return answer.body as Record<string, string>;
  };

  it('R51 50 approvals at the same time: one is taken, the action runs once, and everybody sees who approved', async () => {
    const action = await ask();
    const approve = `/api/v1/approvals/${action['approval_id']}/approve`;
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        app.post(approve, i % 2 ? 'responder' : 'responder_2', { comments: `no ${i}`, digest: action['digest'] }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(49);
    await app.work('acme-corp');
    const executed = await app.get(`/api/v1/containment/actions/${action['action_id']}`, 'viewer').expect(200);
    expect(executed.body).toMatchObject({ status: 'executed', result: { channel: 'edl', published: true }, lease_until: null });
    expect(executed.body.approvals).toEqual([
      { approver: expect.stringMatching(/^responder(_2)?@acme-corp$/), at: expect.any(String), comments: expect.any(String) },
    ]);
    const audit = await app.get(`/api/v1/audit?incident_id=${action['incident_id']}`, 'tenant_admin').expect(200);
    expect(audit.body.items.map(({ action: name }: { action: string }) => name)).toEqual([
      'containment.pending',
      'containment.approved',
      'containment.executing',
      'containment.executed',
    ]);
  });

  it('trap.P05-approver-is-the-authenticated-principal', async () => {
    const own = await ask('responder');
    const approve = `/api/v1/approvals/${own['approval_id']}/approve`;
    const refused = await app.post(approve, 'responder', { comments: '', digest: own['digest'] }).expect(403);
    expect(refused.body).toMatchObject({ type: '/problems/own-request', status: 403 });
    for (const field of ['approver', 'approved_by', 'principal', 'status', '__proto__x']) {
      const smuggled = await app
        .post(approve, 'responder_2', { comments: '', digest: own['digest'], [field]: 'boss@acme-corp' })
        .expect(422);
      expect(smuggled.body.errors).toEqual([expect.objectContaining({ pointer: `/${field}`, code: 'unknown_field' })]);
    }
    const approved = await app.post(approve, 'responder_2', { comments: 'seen', digest: own['digest'] }).expect(200);
    expect(approved.body).toMatchObject({
      status: 'approved',
      decided_by: 'responder_2@acme-corp',
      requested_by: 'responder@acme-corp',
      comments: 'seen',
    });
  });

  it('R16 only responders decide, and only with a credential', async () => {
    const action = await ask();
    const body = { comments: '', digest: action['digest'] };
    for (const verb of ['approve', 'reject']) {
      const path = `/api/v1/approvals/${action['approval_id']}/${verb}`;
      for (const role of ['viewer', 'analyst', 'tenant_admin', 'collector']) await app.post(path, role, body).expect(403);
      await app.http.post(path).send(body).expect(401);
    }
  });

  it('trap.P06-approval-id-collision-across-tenants', async () => {
    const theirs = await ask('analyst', 'globex');
    const path = `/api/v1/approvals/${theirs['approval_id']}`;
    const body = { comments: '', digest: theirs['digest'] };
    const missing = await app.get('/api/v1/approvals/00000000-0000-4000-8000-000000000000', 'viewer').expect(404);
    const foreign = await app.get(path, 'viewer').expect(404);
    const without = ({ instance: _i, correlation_id: _c, ...rest }: Record<string, unknown>): unknown => rest;
    expect(without(foreign.body)).toEqual(without(missing.body));
    await app.post(`${path}/approve`, 'responder', body).expect(404);
    await app.post(`${path}/reject`, 'responder', { comments: '' }).expect(404);
    await app.get(path, 'viewer').set('X-Tenant-ID', 'globex').expect(403);
    expect((await app.get(path, 'viewer', 'globex').expect(200)).body).toMatchObject({ status: 'pending', tenant_id: 'globex' });
  });

  it('trap.P07-lists-are-tenant-scoped', async () => {
    await ask('analyst', 'globex');
    for (const path of ['/api/v1/approvals?limit=500', '/api/v1/containment/actions?limit=500']) {
      const { items } = (await app.get(path, 'viewer').expect(200)).body as { items: { tenant_id: string }[] };
      expect(items.length).toBeGreaterThan(0);
      expect(new Set(items.map((item) => item.tenant_id))).toEqual(new Set(['acme-corp']));
    }
  });

  it('a digest other than the action’s is 409, a decided approval is 409, a rejected one is logged only', async () => {
    const action = await ask();
    const path = `/api/v1/approvals/${action['approval_id']}`;
    const seen = await app.get(path, 'responder').expect(200);
    expect(seen.body).toMatchObject({
      status: 'pending',
      digest: action['digest'],
      action: { action_id: action['action_id'], target: REQUEST.target },
    });
    const other = await app.post(`${path}/approve`, 'responder', { comments: '', digest: 'a'.repeat(64) }).expect(409);
    expect(other.body.type).toBe('/problems/digest-mismatch');
    for (const digest of ['', 'xyz', 7, null, undefined])
      await app.post(`${path}/approve`, 'responder', { comments: '', digest }).expect(422);
    await app.post(`${path}/reject`, 'responder', { comments: 'a partner' }).expect(200);
    const decided = await app.post(`${path}/approve`, 'responder_2', { comments: '', digest: action['digest'] }).expect(409);
    expect(decided.body.type).toBe('/problems/conflict');
    await app.work('acme-corp');
    const after = await app.get(`/api/v1/containment/actions/${action['action_id']}`, 'viewer').expect(200);
    expect(after.body).toMatchObject({ status: 'rejected', approvals: [], result: null });
  });

  it('filters and pages; bad filters are refused', async () => {
    const pending = await app.get('/api/v1/approvals?status=pending&status=expired', 'viewer').expect(200);
    expect(new Set(pending.body.items.map(({ status }: { status: string }) => status))).toEqual(new Set(['pending']));
    const first = await app.get('/api/v1/approvals?limit=1', 'viewer').expect(200);
    const next = await app.get(`/api/v1/approvals?limit=1&cursor=${first.body.next_cursor}`, 'viewer').expect(200);
    expect(next.body.items[0].approval_id).not.toBe(first.body.items[0].approval_id);
    for (const query of ['status=nonsense', 'limit=0', 'limit=501', 'limit=x', 'unknown=1']) {
      await app.get(`/api/v1/approvals?${query}`, 'viewer').expect(422);
    }
    await app.get('/api/v1/approvals?cursor=AAAA', 'viewer').expect(400);
  });
});

describe('approvals that nobody decides on', () => {
  it('R34 are counted for the metrics over all tenants, with how long the oldest waits and when the first expires', async () => {
    const app = await startContainmentApp({ APPROVAL_EXPIRY_SECONDS: '600' });
    const gauges = async (): Promise<readonly number[]> => {
      await app.app.get(ApprovalCensus).take();
      const text = await app.app.get(Metrics).registry.metrics();
      const read = (name: string): number => Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1]);
      return [read('approvals_pending'), read('approvals_oldest_age_seconds'), read('approvals_next_expiry_timestamp_seconds')];
    };
    expect(await gauges()).toEqual([0, 0, 0]);
    const began = Date.now();
    const asked = ['acme-corp', 'acme-corp', 'globex'].map(async (tenant, n) => {
      const { incident_id: id } = app.put(incident({ tenant_id: tenant as never }));
      const target = { type: 'ip', value: `203.0.113.${n + 1}` };
      return (await app.post(`/api/v1/incidents/${id}/actions`, 'analyst', { ...REQUEST, target }, tenant).expect(201)).body;
    });
    const actions = (await Promise.all(asked)) as Record<string, string>[];
    const [pending, age = NaN, expiry = NaN] = await gauges();
    expect(pending).toBe(3);
    expect(age).toBeGreaterThanOrEqual(0);
    expect(age).toBeLessThanOrEqual((Date.now() - began) / 1_000);
    expect(expiry * 1_000).toBe(Math.min(...actions.map((action) => Date.parse(action['expires_at'] ?? ''))));
    for (const { approval_id: id } of actions.slice(0, 2))
      await app.post(`/api/v1/approvals/${id}/reject`, 'responder', { comments: 'not this one' }).expect(200);
    expect((await gauges())[0]).toBe(1);
    await app.close();
  });

  it('R50 expire by themselves', async () => {
    const app = await startContainmentApp({ APPROVAL_EXPIRY_SECONDS: '1' });
    const { incident_id: id } = app.put(incident());
    const { body: action } = await app.post(`/api/v1/incidents/${id}/actions`, 'analyst', REQUEST).expect(201);
    const path = `/api/v1/approvals/${action.approval_id}`;
    let status = 'pending';
    while (status === 'pending') {
      await new Promise((resolve) => setTimeout(resolve, 100));
      status = (await app.get(path, 'viewer').expect(200)).body.status as string;
    }
    expect(status).toBe('expired');
    await app.post(`${path}/approve`, 'responder', { comments: '', digest: action.digest }).expect(409);
    await app.close();
  });
});
