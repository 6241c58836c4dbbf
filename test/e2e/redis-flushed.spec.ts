import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { BuiltApp } from '../support/built-app.js';
import { eventually } from '../support/eventually.js';
import { sendRaw } from '../support/raw-request.js';
import { describeWith, RedisServer } from '../support/redis-server.js';
import { marksRule, SentBatches, sendBatch, TENANT } from '../support/sent-batches.js';
import { ServiceCaller, type SignedRequest } from '../support/service-caller.js';
import { NO_FAULTS, storeFaults } from '../support/stored-events.js';

const KEYS = `/api/v1/tenants/${TENANT}/api-keys`;

type Body = Readonly<Record<string, unknown>>;

describeWith(['redis-server'], 'all that Redis holds is lost', () => {
  const rules = marksRule();
  const sent = new SentBatches();
  let redis: RedisServer;
  let app: BuiltApp;
  let mssp: ServiceCaller;
  beforeAll(async () => {
    redis = await RedisServer.start();
    app = await BuiltApp.start({ env: { REDIS_URL: redis.url, GATRA_RULES: rules } });
    mssp = await ServiceCaller.of(app.dataDir);
  });
  afterAll(async () => {
    await app?.stop();
    await redis?.stop();
    rmSync(rules, { recursive: true, force: true });
  });

  const ask = async (
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: object,
  ): Promise<{ status: number; body: Body }> => {
    const answer = await fetch(app.baseUrl + path, {
      method,
      headers: { 'Content-Type': 'application/json', ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Body) };
  };
  const as = async (role: string): Promise<Record<string, string>> => ({ Authorization: `Bearer ${await app.token(TENANT, role)}` });
  const send = async (size: number): Promise<void> => {
    const receiver = { baseUrl: app.baseUrl, apiKey: app.apiKey(TENANT, 'collector') };
    expect(await sendBatch(receiver, sent.next(size))).toBe(202);
  };
  const signed = (): SignedRequest => {
    const [feedback_id, alert_id] = [randomUUID(), randomUUID()];
    const body = { feedback_id, alert_id, rule_id: 'rule-1', verdict: 'true_positive', comments: '', analyst: 'jo' };
    return mssp.sign(app.baseUrl, { path: '/api/v1/feedback', body });
  };
  const requested = async (): Promise<{ readonly approval: string; readonly digest: unknown }> => {
    let incident = '';
    await eventually(async () => {
      const { body } = await ask('GET', '/api/v1/incidents?limit=1', await as('analyst'));
      incident = String((body['items'] as Body[])[0]?.['incident_id']);
      expect(incident).toContain('-');
    }, 30_000);
    const body = { action: 'isolate_host', target: { type: 'host', value: `ws-${randomUUID()}` }, reason: 'It calls home.' };
    const made = await ask('POST', `/api/v1/incidents/${incident}/actions`, await as('analyst'), body);
    expect(made.status).toBe(201);
    return { approval: `/api/v1/approvals/${String(made.body['approval_id'])}`, digest: made.body['digest'] };
  };

  const LOSSES: Readonly<Record<string, () => Promise<unknown>>> = {
    'it is flushed': () => redis.ask((client) => client.flushall()),
    'it is killed and comes back empty': async () => {
      await redis.kill();
      await redis.begin();
    },
  };

  it.each(Object.keys(LOSSES))(
    'R47 and nothing of it matters when %s: events, revocations, decisions and the log are elsewhere',
    async (loss) => {
      for (let batch = 0; batch < 10; batch += 1) await send(20);
      const waiting = await requested();
      const loggedOut = await as('analyst');
      expect((await ask('POST', '/api/v1/auth/revoke', loggedOut)).status).toBe(204);
      const { body: key } = await ask('POST', KEYS, await as('tenant_admin'), { principal: 'gone@acme-corp', roles: ['viewer'] });
      expect((await ask('DELETE', `${KEYS}/${String(key['key_id'])}`, await as('tenant_admin'))).status).toBe(204);
      let call = signed();
      await eventually(async () => expect((await sendRaw(app.baseUrl, (call = signed()))).status).toBe(200));

      await LOSSES[loss]?.();

      expect((await sendRaw(app.baseUrl, call)).status).not.toBe(200);
      expect((await ask('GET', '/api/v1/alerts', loggedOut)).status).toBe(401);
      expect((await ask('POST', '/api/v1/auth/token', { 'X-API-Key': String(key['api_key']) })).status).toBe(401);
      await send(20);
      const [first] = sent.all;
      const known = first?.batchId;
      if (first) expect(await sendBatch({ baseUrl: app.baseUrl, apiKey: app.apiKey(TENANT, 'collector') }, first)).toBe(202);
      expect(first?.batchId).toBe(known);
      const approved = await ask('POST', `${waiting.approval}/approve`, await as('responder'), { comments: '', digest: waiting.digest });
      expect(approved.status).toBe(200);
      await eventually(async () => expect((await sendRaw(app.baseUrl, signed())).status).toBe(200), 30_000);
      expect(await storeFaults(app, sent)).toEqual(NO_FAULTS);
    },
    90_000,
  );
});
