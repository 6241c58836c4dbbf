import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppCluster } from '../support/app-cluster.js';
import { eventually } from '../support/eventually.js';
import { sendRaw, type RawAnswer } from '../support/raw-request.js';
import { describeWith, RedisServer } from '../support/redis-server.js';
import { ServiceCaller, type SignedRequest } from '../support/service-caller.js';

const COPIES = 1_000;

describeWith(['redis-server'], 'one message, three instances, one Redis', () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 100 });
  let redis: RedisServer;
  let cluster: AppCluster;
  let mssp: ServiceCaller;
  let serial = 0;

  beforeAll(async () => {
    redis = await RedisServer.start();
    cluster = await AppCluster.start({ env: { REDIS_URL: redis.url, LOG_LEVEL: 'info' } });
    mssp = await ServiceCaller.of(cluster.dataDir);
    await accepted();
  });
  afterAll(async () => {
    agent.destroy();
    await cluster.stop();
    await redis.stop();
  });

  const feedback = (): SignedRequest =>
    mssp.sign(cluster.app(0).baseUrl, {
      path: '/api/v1/feedback',
      body: {
        feedback_id: `f0e1d2c3-0000-7000-8000-${String((serial += 1)).padStart(12, '0')}`,
        alert_id: 'f0e1d2c3-0000-5000-8000-000000000001',
        rule_id: 'rule-1',
        verdict: 'true_positive',
        comments: '',
        analyst: 'analyst@acme-corp',
      },
    });
  const ask = (request: SignedRequest, instance: number): Promise<RawAnswer> => sendRaw(cluster.app(instance % 3).baseUrl, request, agent);
  const statusesOf = async (request: SignedRequest, times: number): Promise<Record<string, number>> => {
    const answers = await Promise.all(Array.from({ length: times }, (_, i) => ask(request, i)));
    const counts: Record<string, number> = {};
    for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  };
  /** Waits until fresh messages are taken, and answers one that was. */
  const accepted = async (): Promise<SignedRequest> => {
    let taken = feedback();
    await eventually(async () => {
      for (let instance = 0; instance < 3; instance += 1) {
        taken = feedback();
        expect((await ask(taken, instance)).status).toBe(200);
      }
    });
    return taken;
  };

  it('SIG-04 of 1,000 copies at once exactly one is accepted', async () => {
    for (let round = 0; round < 3; round += 1) expect(await statusesOf(feedback(), COPIES)).toEqual({ 200: 1, 401: COPIES - 1 });
  });

  it('SIG-04 also after an instance was killed and is back', async () => {
    const before = await accepted();
    await cluster.kill(1);
    await cluster.restart(1);
    expect(await statusesOf(before, 30)).toEqual({ 401: 30 });
    expect(await statusesOf(feedback(), 90)).toEqual({ 200: 1, 401: 89 });
  });

  it('SIG-04 while the nonces cannot be asked, what changes something gets 503 and is never accepted twice', async () => {
    const before = await accepted();
    await redis.kill();
    const during = feedback();
    for (let instance = 0; instance < 3; instance += 1) {
      const answer = await ask(during, instance);
      expect([answer.status, answer.headers['retry-after']]).toEqual([503, expect.stringMatching(/^[1-9]\d*$/)]);
    }
    expect(await statusesOf(before, 30)).toEqual({ 503: 30 });
    await redis.begin();
    const after = await accepted();
    for (const request of [before, during, after]) {
      const statuses = await statusesOf(request, 30);
      expect(statuses['200'] ?? 0).toBeLessThanOrEqual(request === during ? 1 : 0);
    }
  });

  it('SIG-04 the Retry-After of such an answer is enough once the nonces are back', async () => {
    await accepted();
    await redis.kill();
    const { headers } = await ask(feedback(), 0);
    await redis.begin();
    await sleep(Number(headers['retry-after']) * 1_000);
    await eventually(async () => expect((await ask(feedback(), 0)).status).toBe(200), 2_000);
  });
});
