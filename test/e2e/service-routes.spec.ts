import { toTenantId } from '../../src/contracts/tenant.js';
import { SignedHttpClient } from '../../src/platform/service-auth/signed-http-client.js';
import { startApp, type RunningApp } from '../support/running-app.js';
import { ServiceCaller } from '../support/service-caller.js';
import { ALERT, TRIAGE } from '../support/triage-call.js';

const FEEDBACK = {
  feedback_id: 'f0e1d2c3-0000-7000-8000-000000000003',
  alert_id: ALERT.alert_id,
  rule_id: 'rule-1',
  verdict: 'false_positive',
  comments: 'The backup job.',
  analyst: 'analyst@acme-corp',
};

describe('routes between services', () => {
  let running: RunningApp;
  let mssp: ServiceCaller;
  const say = async (
    path: string,
    body: unknown,
    more: Partial<Parameters<ServiceCaller['send']>[1]> = {},
  ): Promise<{ status: number; body: Record<string, unknown>; headers: Record<string, unknown> }> => {
    const answer = await mssp.send(running.baseUrl, { path, body, ...more });
    return { ...answer, body: JSON.parse(answer.body) as Record<string, unknown> };
  };

  beforeAll(async () => {
    running = await startApp();
    mssp = await ServiceCaller.of(running.dataDir);
  });
  afterAll(() => running.close());

  it('R13 TAA judges an alert, and a hundred of them, and no more', async () => {
    const one = await say('/api/v1/triage', TRIAGE);
    expect(one).toMatchObject({ status: 200, body: { alert_id: ALERT.alert_id, verdict: { classification: expect.any(String) } } });
    const many = await say('/api/v1/triage/batch', { items: Array.from({ length: 100 }, () => TRIAGE) });
    expect(many.body['items']).toEqual(Array.from({ length: 100 }, () => one.body));
    expect(await say('/api/v1/triage/batch', { items: Array.from({ length: 101 }, () => TRIAGE) })).toMatchObject({ status: 422 });
  });

  it('R22 TAA judges no alert of another tenant than the signed one', async () => {
    expect(await say('/api/v1/triage', TRIAGE, { tenant: 'globex' })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/alert/tenant_id' }] },
    });
  });

  it('R13 ADA inspects events without storing them, and finds the same again under the same batch id', async () => {
    const event = {
      message: 'Nov 21 10:00:00 web01 sshd[811]: Accepted password for root from 203.0.113.9 port 40022 ssh2',
      hostname: 'web01',
    };
    const body = { source: 'linux-auth', events: [event, 'none'] };
    const path = '/internal/v1/detect?batch_id=f0e1d2c3-0000-7000-8000-0000000000aa';
    const first = await say(path, body);
    expect(first).toMatchObject({ status: 200, body: { inspected: 1, rejected: [{ index: 1, code: 'not_an_object' }] } });
    expect((await say(path, body)).body).toEqual(first.body);
    const events = await running.http
      .get('/api/v1/events')
      .set('Authorization', `Bearer ${await running.token('acme-corp', 'analyst')}`)
      .expect(200);
    expect(events.body.items).toEqual([]);
    expect(await say('/internal/v1/detect', { events: [] })).toMatchObject({ status: 422 });
    expect(await say('/internal/v1/detect', Buffer.from('{"events":['))).toMatchObject({ status: 400 });
    expect(await say('/internal/v1/detect', Buffer.alloc(10 * 1024 * 1024 + 1, 32))).toMatchObject({ status: 413 });
  });

  it('R13 CLA learns what a service hands on, once, and says in the audit log which service it was', async () => {
    const first = await say('/api/v1/feedback', FEEDBACK, { headers: { 'X-Correlation-ID': 'feedback-1' } });
    expect(first).toMatchObject({ status: 200, body: { rule_id: 'rule-1', false_positives: 1 } });
    expect((await say('/api/v1/feedback', FEEDBACK)).body).toEqual(first.body);
    const audit = await running.http
      .get('/api/v1/audit?correlation_id=feedback-1')
      .set('Authorization', `Bearer ${await running.token('acme-corp', 'responder')}`)
      .expect(200);
    expect(audit.body.items.map(({ action, actor }: { action: string; actor: unknown }) => [action, actor])).toEqual(
      expect.arrayContaining([
        ['feedback.handed_on', { type: 'service', id: 'mssp' }],
        ['feedback.learned', { type: 'person', id: 'analyst@acme-corp' }],
      ]),
    );
  });

  it('R13 TAA takes indicators from a service, and the audit log names it', async () => {
    const indicator = {
      type: 'indicator',
      spec_version: '2.1',
      id: 'indicator--5e0f2b9c-7c64-4c0f-9c4e-0d8a2a3f1b10',
      created: '2026-03-01T08:00:00.000Z',
      modified: '2026-03-01T08:00:00.000Z',
      pattern: "[ipv4-addr:value = '203.0.113.66']",
      pattern_type: 'stix',
      valid_from: '2026-03-01T08:00:00.000Z',
    };
    const answer = await say(
      '/api/v1/threat-intel/update',
      { type: 'bundle', objects: [indicator] },
      { headers: { 'X-Correlation-ID': 'intel-1' } },
    );
    expect(answer).toMatchObject({ status: 200, body: { accepted: 1 } });
    const audit = await running.http
      .get('/api/v1/audit?correlation_id=intel-1')
      .set('Authorization', `Bearer ${await running.token('acme-corp', 'responder')}`)
      .expect(200);
    expect(audit.body.items).toEqual([expect.objectContaining({ actor: { type: 'service', id: 'mssp' } })]);
  });

  it('R22 CRA contains no incident that the tenant does not have', async () => {
    const incident_id = 'f0e1d2c3-0000-5000-8000-000000000004';
    const missing = await say('/api/v1/contain', { incident_id });
    expect(missing).toMatchObject({ status: 404, body: { type: '/problems/not-found' } });
  });

  it('R16 a service calls only what is open to it, for tenants that are active', async () => {
    const cla = await ServiceCaller.of(running.dataDir, 'cla');
    const foreign = await cla.send(running.baseUrl, { path: '/api/v1/triage', body: TRIAGE });
    expect([foreign.status, JSON.parse(foreign.body)]).toEqual([403, expect.objectContaining({ services: ['mssp', 'ada'] })]);
    expect(await say('/api/v1/triage', TRIAGE, { tenant: 'nobody-here' })).toMatchObject({
      status: 403,
      body: { type: '/problems/tenant-not-held' },
    });
    expect(await say('/api/v1/triage', TRIAGE, { tenant: 'No Tenant' })).toMatchObject({
      status: 403,
      body: { type: '/problems/tenant-not-held' },
    });
  });

  it('a service sends a request again under its idempotency key, signed anew, and it is carried out once', async () => {
    const headers = { 'Idempotency-Key': 'again-1' };
    const feedback = { ...FEEDBACK, feedback_id: 'f0e1d2c3-0000-7000-8000-0000000000f1', rule_id: 'rule-2' };
    const first = await say('/api/v1/feedback', feedback, { headers });
    const again = await say('/api/v1/feedback', feedback, { headers });
    expect(again).toMatchObject({ status: 200, body: first.body, headers: { 'idempotency-replayed': 'true' } });
    expect(await say('/api/v1/feedback', FEEDBACK, { headers })).toMatchObject({ status: 422 });
    const detect = { path: '/internal/v1/detect', headers: { 'Idempotency-Key': 'again-2' } };
    await say(detect.path, { events: [{ a: 1 }] }, detect);
    expect(await say(detect.path, { events: [{ a: 2 }] }, detect)).toMatchObject({ status: 422 });
  });

  it('refuses bodies that are not what a service may send, by the rules of all bodies', async () => {
    expect(await say('/api/v1/triage', Buffer.from('{"a":'))).toMatchObject({ status: 400 });
    expect(await say('/api/v1/triage', Buffer.from('7'))).toMatchObject({ status: 400 });
    expect(await say('/api/v1/triage', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toMatchObject({ status: 400 });
    expect(await say('/api/v1/triage', Buffer.from('{"__proto__":{}}'))).toMatchObject({ status: 422 });
    expect(await say('/api/v1/triage', { ...TRIAGE, more: 1 })).toMatchObject({ status: 422 });
    expect(await say('/api/v1/triage', TRIAGE, { headers: { 'Content-Type': 'text/plain' } })).toMatchObject({ status: 415 });
    expect(await say('/api/v1/triage', TRIAGE, { headers: { 'Content-Encoding': 'gzip' } })).toMatchObject({ status: 415 });
    expect(await say('/api/v1/triage', TRIAGE, { headers: { 'Content-Type': 'application/json; charset=utf-16' } })).toMatchObject({
      status: 415,
    });
    expect(await say('/api/v1/triage', Buffer.alloc(300_000, 32))).toMatchObject({ status: 413 });
  });

  it('R21 the signing client carries tenant and correlation id, in both forms', async () => {
    const client = running.app.get(SignedHttpClient);
    const context = {
      tenant: toTenantId('acme-corp'),
      correlationId: 'client-1',
      traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`,
    };
    for (const form of ['gatra', 'rfc9421'] as const) {
      const call = { receiver: 'mssp', url: new URL('/api/v1/triage', running.baseUrl), body: TRIAGE, timeoutMs: 5_000, form } as const;
      const answer = await client.post(call, context);
      expect([form, answer.status, answer.headers.get('x-correlation-id')]).toEqual([form, 200, 'client-1']);
      expect(answer.body).toMatchObject({ alert_id: ALERT.alert_id });
    }
  });
});
