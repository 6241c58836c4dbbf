import { randomUUID } from 'node:crypto';
import { startApp, type RunningApp } from '../support/running-app.js';
import { settled } from '../support/settled.js';

const TENANTS = ['acme-corp', 'globex'] as const;
const BEARER = { type: 'bearer' } as const;
const INDICATOR = `indicator--${randomUUID()}`;

type Tenant = (typeof TENANTS)[number];
interface Listed {
  readonly items: readonly Record<string, string>[];
}

/** A logon failure that a starter rule looks for, the same to the letter in both tenants. */
const EVENT = {
  EventID: 1102,
  Channel: 'Security',
  Provider_Name: 'Microsoft-Windows-Eventlog',
  Computer: 'dc-1.corp.example',
  EventRecordID: 4711,
  TimeCreated: '2026-11-21T10:00:00.000Z',
  event_id: 'the-same-event',
};

describe('two tenants that name everything alike', () => {
  let running: RunningApp;
  const tokens = {} as Record<Tenant, string>;
  beforeAll(async () => {
    running = await startApp();
    const operator = await running.token('platform');
    for (const tenant of TENANTS) {
      tokens[tenant] = await running.token(tenant, 'tenant_admin');
      const features = { advanced_ml: false, auto_containment: false };
      await running.http.patch(`/api/v1/tenants/${tenant}`).auth(operator, BEARER).send({ features }).expect(200);
    }
  });
  afterAll(() => running.close());

  const get = async (tenant: Tenant, path: string): Promise<Listed> =>
    (await running.http.get(path).auth(tokens[tenant], BEARER).expect(200)).body as Listed;
  const send = (tenant: Tenant) =>
    running.http
      .post('/api/v1/events')
      .set('X-API-Key', running.apiKey(tenant, 'collector'))
      .set('Idempotency-Key', 'the-same-key')
      .set('X-Correlation-ID', 'the-same-request')
      .send({ source: 'windows', events: [EVENT] });

  it('TEN-09 trap.P06-approval-id-collision-across-tenants equal requests, events, alerts, approvals and limits never meet', async () => {
    const first = await send('acme-corp').expect(202);
    const second = await send('globex').expect(202);
    for (const { body, headers } of [first, second]) {
      expect(body).toMatchObject({ accepted: 1, duplicates: 0 });
      expect(headers['idempotency-replayed']).toBeUndefined();
    }
    expect(first.body.batch_id).not.toBe(second.body.batch_id);
    for (const [tenant, { body }] of [
      ['acme-corp', first],
      ['globex', second],
    ] as const) {
      const again = await send(tenant).expect(202).expect('Idempotency-Replayed', 'true');
      expect(again.body).toEqual({ ...body, alerts_raised: again.body.alerts_raised });
      expect(again.body.tenant_id).toBe(tenant);
    }

    const alerts = {} as Record<Tenant, readonly Record<string, string>[]>;
    const incidents = {} as Record<Tenant, readonly Record<string, string>[]>;
    for (const tenant of TENANTS) {
      alerts[tenant] = (
        await settled(
          () => get(tenant, '/api/v1/alerts'),
          ({ items }) => items.length > 0,
        )
      ).items;
      incidents[tenant] = (
        await settled(
          () => get(tenant, '/api/v1/incidents'),
          ({ items }) => items.length > 0,
        )
      ).items;
    }
    const ids = (of: readonly Record<string, string>[], name: string): (string | undefined)[] => of.map((item) => item[name]);
    for (const [found, name] of [
      [alerts, 'alert_id'],
      [incidents, 'incident_id'],
    ] as const) {
      expect(ids(found['acme-corp'], name)).toHaveLength(ids(found.globex, name).length);
      for (const id of ids(found['acme-corp'], name)) expect(ids(found.globex, name)).not.toContain(id);
    }

    const approvals = {} as Record<Tenant, string>;
    for (const tenant of TENANTS) {
      const asked = await running.http
        .post(`/api/v1/incidents/${incidents[tenant][0]?.['incident_id'] ?? ''}/actions`)
        .auth(tokens[tenant], BEARER)
        .set('Idempotency-Key', 'the-same-action')
        .send({ action: 'isolate_host', target: { type: 'host', value: 'ws-77.corp.example' }, reason: 'The same.' })
        .expect(201);
      expect(asked.body.status).toBe('pending_approval');
      expect(asked.headers['idempotency-replayed']).toBeUndefined();
      const { items } = await get(tenant, '/api/v1/approvals?status=pending');
      approvals[tenant] =
        items.find((item) => (item['action'] as unknown as { action_id: string }).action_id === asked.body.action_id)?.['approval_id'] ??
        '';
    }
    expect(approvals['acme-corp']).not.toBe('');
    expect(approvals['acme-corp']).not.toBe(approvals.globex);
    const responder = await running.token('acme-corp', 'responder');
    await running.http
      .post(`/api/v1/approvals/${approvals['acme-corp']}/reject`)
      .auth(responder, BEARER)
      .send({ comments: 'No.' })
      .expect(200);
    await running.http.post(`/api/v1/approvals/${approvals.globex}/reject`).auth(responder, BEARER).send({ comments: 'No.' }).expect(404);
    const other = await running.http.get(`/api/v1/approvals/${approvals.globex}`).auth(tokens.globex, BEARER).expect(200);
    expect(other.body.status).toBe('pending');
  });

  it('TEN-09 equal indicators, idempotency keys of the control plane and rate limits never meet', async () => {
    const bundle = {
      type: 'bundle',
      id: 'bundle--7c1f1d5a-9c43-4d4e-8f1c-0a4f0c5f0a11',
      objects: [
        {
          type: 'indicator',
          spec_version: '2.1',
          id: INDICATOR,
          created: '2026-11-01T00:00:00Z',
          modified: '2026-11-01T00:00:00Z',
          pattern: "[domain-name:value = 'same.example']",
          pattern_type: 'stix',
          valid_from: '2026-11-01T00:00:00Z',
        },
      ],
    };
    for (const tenant of TENANTS) {
      const put = await running.http
        .post('/api/v1/intel/indicators')
        .auth(tokens[tenant], BEARER)
        .set('Idempotency-Key', 'the-same-bundle')
        .send(bundle)
        .expect(200);
      expect(put.body).toMatchObject({ accepted: 1, updated: 0 });
      expect(put.headers['idempotency-replayed']).toBeUndefined();
    }
    const [item] = (await get('acme-corp', '/api/v1/intel/indicators')).items;
    await running.http
      .delete(`/api/v1/intel/indicators/${item?.['indicator_id'] ?? ''}`)
      .auth(tokens['acme-corp'], BEARER)
      .expect(204);
    expect((await get('globex', '/api/v1/intel/indicators')).items).toHaveLength(1);

    const status = async (tenant: Tenant): Promise<{ remaining: number }> => {
      const { body } = await running.http.get('/api/v1/rate-limit/status').auth(tokens[tenant], BEARER).expect(200);
      return (body.limits as { policy: string; remaining: number }[]).find(({ policy }) => policy === 'ingest') ?? { remaining: -1 };
    };
    const before = await status('acme-corp');
    await running.http
      .post('/api/v1/events?source=generic')
      .set('X-API-Key', running.apiKey('globex', 'collector'))
      .set('Content-Type', 'application/x-ndjson')
      .send('{"message":"m"}\n'.repeat(4_000))
      .expect(202);
    expect((await status('acme-corp')).remaining).toBeGreaterThanOrEqual(before.remaining);
    expect((await status('globex')).remaining).toBeLessThan(5_000);
  });
});
