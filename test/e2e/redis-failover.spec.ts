import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.js';
import { sendRaw, type RawAnswer } from '../support/raw-request.js';
import { RedisSentinels } from '../support/redis-sentinels.js';
import { describeWith } from '../support/redis-server.js';
import { startApp, type RunningApp } from '../support/running-app.js';
import { ServiceCaller } from '../support/service-caller.js';

const RECOVERY_MS = 10_000;

describeWith(['redis-server'], 'R63 the app while the master of its Redis dies', () => {
  const agent = new Agent({ keepAlive: true });
  let sentinels: RedisSentinels;
  let app: RunningApp;
  let mssp: ServiceCaller;
  let serial = 0;
  beforeAll(async () => {
    sentinels = await RedisSentinels.start();
    app = await startApp({ env: { REDIS_URL: sentinels.url, REDIS_SENTINEL_PASSWORD: RedisSentinels.password } });
    mssp = await ServiceCaller.of(app.dataDir);
  });
  afterAll(async () => {
    agent.destroy();
    await app?.close();
    await sentinels?.stop();
  });

  const sendEvent = async (): Promise<number> => {
    const headers = { 'X-API-Key': app.apiKey('acme-corp', 'collector'), 'Content-Type': 'application/x-ndjson' };
    const answer = await fetch(`${app.baseUrl}/api/v1/events`, { method: 'POST', headers, body: '{"a":1}\n' });
    await answer.arrayBuffer();
    return answer.status;
  };
  const callSigned = (): Promise<RawAnswer> =>
    sendRaw(
      app.baseUrl,
      mssp.sign(app.baseUrl, {
        path: '/api/v1/feedback',
        body: {
          feedback_id: `f0e1d2c3-0000-7000-8000-${String((serial += 1)).padStart(12, '0')}`,
          alert_id: 'f0e1d2c3-0000-5000-8000-000000000001',
          rule_id: 'rule-1',
          verdict: 'true_positive',
          comments: '',
          analyst: 'analyst@acme-corp',
        },
      }),
      agent,
    );

  it('answers no 5xx but the 503 of signed calls, and is well again within 10 seconds', async () => {
    const operator = `Bearer ${await app.token('platform')}`;
    const isWell = async (): Promise<void> => {
      const { body } = await app.http.get('/admin/rate-limit/status').set('Authorization', operator).expect(200);
      expect(body.backend).toBe('redis');
      expect((await callSigned()).status).toBe(200);
    };
    await eventually(isWell);
    const seen = { events: new Set<number>(), signed: new Set<string>() };
    const over = new AbortController();
    const load = (async () => {
      for (; !over.signal.aborted; await sleep(10)) {
        seen.events.add(await sendEvent());
        const { status, headers } = await callSigned();
        seen.signed.add(status === 503 && headers['retry-after'] !== undefined ? '503 with Retry-After' : String(status));
      }
    })();
    await eventually(() => expect(seen.events.size).toBeGreaterThan(0));
    const began = performance.now();
    await (await sentinels.master()).kill();
    await eventually(() => expect(seen.signed).toContain('503 with Retry-After'));
    await eventually(isWell, RECOVERY_MS);
    process.stdout.write(`R63 the app: well ${Math.round(performance.now() - began)} ms after the death of the master\n`);
    over.abort();
    await load;
    expect([...seen.events]).toEqual([202]);
    expect(seen.signed).toEqual(new Set(['200', '503 with Retry-After']));
    expect(performance.now() - began).toBeLessThan(RECOVERY_MS);
  });
});
