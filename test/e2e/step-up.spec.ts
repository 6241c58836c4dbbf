import { randomBytes } from 'node:crypto';
import { decodeJwt } from 'jose';
import { startContainmentApp, type ContainmentApp } from '../support/containment-app.js';
import { incident } from '../support/containment-rig.js';
import { localSigner, mint } from '../support/mint-token.js';

const HIGH = { action: 'isolate_host', target: { type: 'host', value: 'fin-ws-07' }, reason: 'It calls home.' };
const LOW = { action: 'create_ticket', target: { type: 'incident', value: '' }, reason: 'Look.' };

describe('AUTH-07 step-up', () => {
  const secret = randomBytes(48).toString('hex');
  const { header, signer } = localSigner(Buffer.from(secret));
  let app: ContainmentApp;
  let responder: Record<string, unknown>;

  beforeAll(async () => {
    app = await startContainmentApp({ JWT_SECRET: secret });
    const exchanged = await app.http.post('/api/v1/auth/token').set('X-API-Key', app.apiKey('acme-corp', 'responder')).expect(200);
    responder = decodeJwt(String(exchanged.body.access_token));
  });
  afterAll(() => app.close());

  /** A good token of a responder's, but for what is changed. */
  const token = (changed: Record<string, unknown> = {}): string => `Bearer ${mint(header, { ...responder, ...changed }, signer)}`;
  const longAgo = (): Record<string, unknown> => ({ auth_time: Math.floor(Date.now() / 1000) - 901 });

  /** Everything that decides on or carries out containment, on an action that waits. */
  const deeds = async (): Promise<[path: string, body: object][]> => {
    const { incident_id: id } = app.put(incident());
    const { body: action } = await app.post(`/api/v1/incidents/${id}/actions`, 'analyst', HIGH).expect(201);
    const { incident_id: other } = app.put(incident());
    return [
      [`/api/v1/approvals/${action.approval_id}/approve`, { comments: '', digest: action.digest }],
      [`/api/v1/approvals/${action.approval_id}/reject`, { comments: '' }],
      [`/api/v1/containment/actions/${action.action_id}/revert`, { reason: 'over' }],
      [`/api/v1/incidents/${other}/actions`, HIGH],
    ];
  };
  const post = (path: string, body: object, authorization: string): ReturnType<ContainmentApp['post']> =>
    app.http.post(path).set('Authorization', authorization).send(body);

  it('AUTH-07 a responder who has just signed in decides, so that the refusals mean something', async () => {
    const [[approve, body] = ['', {}]] = await deeds();
    await post(approve, body, token()).expect(200);
  });

  it('AUTH-07 a sign-in of more than 15 minutes ago is not enough, and the answer says so', async () => {
    for (const [path, body] of await deeds()) {
      const answer = await post(path, body, token(longAgo()));
      expect([path, answer.status, answer.body]).toEqual([
        path,
        403,
        expect.objectContaining({
          type: '/problems/recent-sign-in-needed',
          max_age: 900,
          detail: expect.stringContaining('sign in again'),
        }),
      ]);
    }
    const { incident_id: id } = app.put(incident());
    const low = { ...LOW, target: { type: 'incident', value: id } };
    await post(`/api/v1/incidents/${id}/actions`, low, token(longAgo())).expect(201);
    await app.http.get('/api/v1/approvals').set('Authorization', token(longAgo())).expect(200);
  });

  it("AUTH-07 a service's token decides nothing, whatever roles it has", async () => {
    for (const [path, body] of await deeds()) {
      const answer = await post(path, body, token({ kind: 'service', sub: 'cra' }));
      expect([path, answer.status, answer.body.type, answer.body.detail]).toEqual([
        path,
        403,
        '/problems/forbidden',
        expect.stringContaining('person'),
      ]);
      await post(path, body, token({ kind: 'service', sub: 'cra', grants: { 'acme-corp': ['service'] } })).expect(403);
    }
  });

  it("AUTH-07 a collector's key decides nothing, as it is and as a token", async () => {
    const key = app.apiKey('acme-corp', 'collector');
    const exchanged = await app.http.post('/api/v1/auth/token').set('X-API-Key', key).expect(200);
    const [approve, reject, revert] = await deeds();
    for (const [path, body] of [approve!, reject!, revert!]) {
      const asKey = await app.http.post(path).set('X-API-Key', key).send(body);
      const asToken = await post(path, body, `Bearer ${String(exchanged.body.access_token)}`);
      for (const answer of [asKey, asToken]) {
        expect([path, answer.status, answer.body.type]).toEqual([path, 403, '/problems/forbidden']);
        expect(answer.body.permission).toMatch(/^(approvals:decide|containment:revert)$/);
      }
    }
  });

  it("AUTH-07 a responder's key decides nothing before it is exchanged", async () => {
    const [approve, reject, revert] = await deeds();
    for (const [path, body] of [approve!, reject!, revert!]) {
      const answer = await app.http.post(path).set('X-API-Key', app.apiKey('acme-corp', 'responder')).send(body);
      expect([path, answer.status, answer.body.detail]).toEqual([path, 403, expect.stringContaining('exchange it for a token')]);
    }
  });
});
