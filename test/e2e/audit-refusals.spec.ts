import { randomBytes, randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import { IncidentReader } from '../../src/contracts/incident-reader.js';
import type { AuditRecord } from '../../src/platform/audit/audit-record.js';
import { FakeIncidents, incident } from '../support/containment-rig.js';
import { eventually } from '../support/eventually.js';
import { localSigner, mint } from '../support/mint-token.js';
import { startApp, type RunningApp } from '../support/running-app.js';
import { ServiceCaller } from '../support/service-caller.js';
import { TRIAGE } from '../support/triage-call.js';

const ACME = 'acme-corp';
const GLOBEX = 'globex';
const UTC_MS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** What a refused request leaves: in whose log, which record, of whom, and the problem that was answered. */
interface Refused {
  readonly status: number;
  readonly log: string;
  readonly action: string;
  readonly actor: string;
  readonly problem: string;
}

type Headers = Readonly<Record<string, string>>;

describe('the audit log and requests that are refused', () => {
  const secret = randomBytes(48).toString('hex');
  const incidents = new FakeIncidents();
  let app: RunningApp;
  let operator: Headers;
  let admin: Headers;
  let analyst: Headers;
  beforeAll(async () => {
    const env = { JWT_SECRET: secret, AUTH_FAILURE_LIMIT: '1000', TENANT_MAX_API_KEYS: '8', TENANT_MAX_STORAGE_BYTES: String(1024 ** 2) };
    app = await startApp({ env, adjust: (builder) => builder.overrideProvider(IncidentReader).useValue(incidents) });
    operator = await bearer('platform');
    admin = await bearer(ACME, 'tenant_admin');
    analyst = await bearer(ACME, 'analyst');
  });
  afterAll(() => app.close());

  const bearer = async (tenant: string, role?: string): Promise<Headers> => ({ Authorization: `Bearer ${await app.token(tenant, role)}` });
  const ask = async (
    method: string,
    path: string,
    headers: Headers,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> => {
    const answer = await fetch(app.baseUrl + path, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
  };
  const recordsOf = async (correlationId: string): Promise<readonly AuditRecord[]> => {
    const query = `?limit=500&correlation_id=${correlationId}`;
    const globex = await bearer(GLOBEX, 'tenant_admin');
    const answers = [
      ask('GET', `/admin/audit${query}`, operator),
      ask('GET', `/api/v1/audit${query}`, admin),
      ask('GET', `/api/v1/audit${query}`, globex),
    ];
    return (await Promise.all(answers)).flatMap(({ body }) => body['items'] as AuditRecord[]);
  };
  const events = (count: number, text = 'Nothing happened.'): object => ({
    source: 'generic',
    events: Array.from({ length: count }, () => ({ message: text })),
  });
  const collector = (tenant: string): Headers => ({ 'X-API-Key': app.apiKey(tenant, 'collector') });
  const requested = async (): Promise<{ readonly approval: string; readonly digest: unknown; readonly by: Headers }> => {
    const { incident_id: id } = incidents.put(incident({ incident_id: randomUUID() }));
    const responder = await bearer(ACME, 'responder');
    const body = { action: 'isolate_host', target: { type: 'host', value: 'fin-ws-07' }, reason: 'It calls home.' };
    const made = await ask('POST', `/api/v1/incidents/${id}/actions`, responder, body);
    expect(made.status).toBe(201);
    return { approval: `/api/v1/approvals/${String(made.body['approval_id'])}/approve`, digest: made.body['digest'], by: responder };
  };

  const untilRefused = async (status: number, send: () => Promise<{ readonly status: number }>): Promise<void> => {
    for (let tried = 0; tried < 1_000; tried += 1) if ((await send()).status === status) return;
    throw new Error('it is never refused');
  };

  /** Each does what it needs beforehand and is then refused under the correlation id. */
  const KINDS: Readonly<Record<string, readonly [Refused, (id: Headers) => Promise<{ readonly status: number }>]>> = {
    'no credential': [
      { status: 401, log: 'platform', action: 'credential.refused', actor: 'anonymous', problem: 'unauthenticated' },
      (id) => ask('GET', '/api/v1/alerts', id),
    ],
    'a token that is none': [
      { status: 401, log: 'platform', action: 'credential.refused', actor: 'anonymous', problem: 'unauthenticated' },
      (id) => ask('GET', '/api/v1/alerts', { ...id, Authorization: 'Bearer garbage' }),
    ],
    'a key that is revoked': [
      { status: 401, log: ACME, action: 'credential.refused', actor: 'key', problem: 'unauthenticated' },
      async (id) => {
        const keys = `/api/v1/tenants/${ACME}/api-keys`;
        const { body } = await ask('POST', keys, admin, { principal: 'gone@acme-corp', roles: ['viewer'] });
        await ask('DELETE', `${keys}/${String(body['key_id'])}`, admin);
        return ask('POST', '/api/v1/auth/token', { ...id, 'X-API-Key': String(body['api_key']) });
      },
    ],
    'a signature that is wrong': [
      { status: 401, log: 'platform', action: 'credential.refused', actor: 'anonymous', problem: 'unauthenticated' },
      async (id) => {
        const taa = await ServiceCaller.of(app.dataDir, 'taa');
        const { headers } = taa.sign(app.baseUrl, { path: '/api/v1/contain', body: { incident_id: 'one' }, headers: id });
        return ask('POST', '/api/v1/contain', headers, { incident_id: 'another' });
      },
    ],
    'a password of a list that is wrong': [
      { status: 401, log: 'platform', action: 'credential.refused', actor: 'anonymous', problem: 'unauthenticated' },
      (id) => ask('GET', `/edl/${ACME}/ip`, { ...id, Authorization: `Basic ${Buffer.from('a:b').toString('base64')}` }),
    ],
    'a credential in the URL': [
      { status: 400, log: 'platform', action: 'credential.exposed', actor: 'anonymous', problem: 'credential-in-url' },
      (id) => ask('GET', '/api/v1/alerts?access_token=abc', id),
    ],
    'a permission that is not held': [
      { status: 403, log: ACME, action: 'access.refused', actor: 'analyst@acme-corp', problem: 'forbidden' },
      (id) => ask('GET', '/api/v1/audit', { ...id, ...analyst }),
    ],
    'the platform for a tenant’s own': [
      { status: 403, log: ACME, action: 'access.refused', actor: 'tenant_admin@acme-corp', problem: 'forbidden' },
      (id) => ask('PUT', '/admin/log-level', { ...id, ...admin }, { level: 'info' }),
    ],
    'a tenant that is not held': [
      { status: 403, log: ACME, action: 'access.refused', actor: 'analyst@acme-corp', problem: 'tenant-not-held' },
      (id) => ask('GET', '/api/v1/alerts', { ...id, ...analyst, 'X-Tenant-ID': GLOBEX }),
    ],
    'a service that may not': [
      { status: 403, log: 'platform', action: 'access.refused', actor: 'cla', problem: 'forbidden' },
      async (id) => (await ServiceCaller.of(app.dataDir, 'cla')).send(app.baseUrl, { path: '/api/v1/triage', body: TRIAGE, headers: id }),
    ],
    'one’s own request': [
      { status: 403, log: ACME, action: 'access.refused', actor: 'responder@acme-corp', problem: 'own-request' },
      async (id) => {
        const { approval, digest, by } = await requested();
        return ask('POST', approval, { ...id, ...by }, { digest, comments: '' });
      },
    ],
    'a sign-in of long ago': [
      { status: 403, log: ACME, action: 'access.refused', actor: 'responder@acme-corp', problem: 'recent-sign-in-needed' },
      async (id) => {
        const { approval, digest, by } = await requested();
        const { header, signer } = localSigner(Buffer.from(secret));
        const claims = decodeJwt(String(by['Authorization']).slice('Bearer '.length));
        const old = mint(header, { ...claims, auth_time: Math.floor(Date.now() / 1000) - 901 }, signer);
        return ask('POST', approval, { ...id, Authorization: `Bearer ${old}` }, { digest, comments: '' });
      },
    ],
    'more events than the tenant may send': [
      { status: 429, log: ACME, action: 'limit.hit', actor: 'collector@acme-corp', problem: 'rate-limited' },
      async (id) => {
        await ask('PATCH', `/api/v1/tenants/${ACME}`, operator, { rate_limits: { ingest_eps: 1, ingest_burst: 10, alerts_per_min: 1 } });
        await untilRefused(429, () => ask('POST', '/api/v1/events', collector(ACME), events(10)));
        return ask('POST', '/api/v1/events', { ...id, ...collector(ACME) }, events(10));
      },
    ],
    'more keys than the tenant may have': [
      { status: 409, log: ACME, action: 'limit.hit', actor: 'tenant_admin@acme-corp', problem: 'quota-exceeded' },
      async (id) => {
        const keys = `/api/v1/tenants/${ACME}/api-keys`;
        const body = { principal: 'jo@acme-corp', roles: ['viewer'] };
        await untilRefused(409, () => ask('POST', keys, admin, body));
        return ask('POST', keys, { ...id, ...admin }, body);
      },
    ],
    'more stored than the tenant may': [
      { status: 507, log: GLOBEX, action: 'limit.hit', actor: 'collector@globex', problem: 'storage-full' },
      async (id) => {
        const send = (headers: Headers): Promise<{ readonly status: number }> =>
          ask('POST', '/api/v1/events', headers, events(10, randomBytes(30_000).toString('hex')));
        await untilRefused(507, () => send(collector(GLOBEX)));
        return send({ ...id, ...collector(GLOBEX) });
      },
    ],
  };

  it.each(Object.keys(KINDS))('AUD-05 %s leaves one record that says who, where from and why', async (kind) => {
    const [expected, refuse] = KINDS[kind] ?? [];
    const correlationId = `refused-${randomUUID()}`;
    const answer = await refuse?.({ 'X-Correlation-ID': correlationId });
    expect([kind, answer?.status]).toEqual([kind, expected?.status]);
    await eventually(async () => expect(await recordsOf(correlationId)).toHaveLength(1));
    const [record] = await recordsOf(correlationId);
    expect(record).toMatchObject({
      tenant_id: expected?.log,
      action: expected?.action,
      outcome: 'refused',
      correlation_id: correlationId,
      source_ip: '127.0.0.1',
      target: { type: 'route', id: expect.stringMatching(/^(GET|POST|PUT) /) },
      details: { problem: expected?.problem },
    });
    expect(record?.timestamp).toMatch(UTC_MS);
    const isKey = expected?.actor === 'key';
    expect(record?.actor.id).toEqual(isKey ? expect.stringMatching(/^[A-Za-z0-9]{12}$/) : expected?.actor);
  });
});
