import { OutboundPolicies } from '../../src/platform/resilience/outbound-policies.js';
import { UnwelcomeStatus } from '../../src/platform/resilience/verdict.js';
import { eventually } from '../support/eventually.js';
import { startApp, type RunningApp } from '../support/running-app.js';

const FEED = 'intel http://127.0.0.1:9/feed.txt';

describe('circuits, for operators', () => {
  let app: RunningApp;
  let operator: string;

  beforeAll(async () => {
    app = await startApp({ env: { GATRA_INTEL_FEEDS: 'http://127.0.0.1:9/feed.txt', CIRCUIT_BREAKER_INTEL_RECOVERY_TIMEOUT: '2' } });
    operator = `Bearer ${await app.token('platform')}`;
  });
  afterAll(() => app.close());

  const post = (what: 'reset' | 'isolate', service: string) =>
    app.http.post(`/admin/circuit-breaker/${what}?service=${encodeURIComponent(service)}`).set('Authorization', operator);
  const circuit = async (service: string): Promise<Record<string, unknown> | undefined> => {
    const { body } = await app.http.get('/admin/circuit-breaker/status').set('Authorization', operator).expect(200);
    return (body.items as Record<string, unknown>[]).find((item) => item['service'] === service);
  };
  const records = async (): Promise<unknown[]> => {
    const { body } = await app.http.get('/admin/audit?limit=200').set('Authorization', operator).expect(200);
    return (body.items as { action: string; actor: { id: string }; target: { id: string } }[])
      .filter(({ action }) => action.startsWith('circuit_breaker.'))
      .map(({ action, actor, target }) => [action, actor.id.split('@')[0], target.id]);
  };

  it('R41 are listed, held open, let go, and each deed has its record', async () => {
    expect(await circuit('webhook')).toMatchObject({
      state: 'closed',
      circuits: { closed: 0, open: 0, half_open: 0, isolated: 0 },
      failure_threshold: 5,
      recovery_timeout_seconds: 30,
      half_open_probes: 3,
    });
    const held = await post('isolate', 'webhook').expect(200);
    expect(held.body).toMatchObject({ service: 'webhook', state: 'isolated' });
    const call = app.app
      .get(OutboundPolicies)
      .dependency('webhook')
      .policy('acme-corp/notify')
      .execute(async () => 1, { isRepeatable: true });
    await expect(call).rejects.toMatchObject({ reason: 'isolated' });
    const again = await post('isolate', 'webhook').expect(409);
    expect(again.body).toMatchObject({ type: expect.stringContaining('conflict'), current_state: 'isolated' });
    expect((await post('reset', 'webhook').expect(200)).body).toMatchObject({ state: 'closed', circuits: { closed: 1 } });
    expect((await post('reset', 'webhook').expect(409)).body).toMatchObject({ current_state: 'closed' });
    const who = (await records()) as string[][];
    expect(who.map(([action, , target]) => [action, target])).toEqual([
      ['circuit_breaker.isolated', 'webhook'],
      ['circuit_breaker.reset', 'webhook'],
    ]);
    expect(who.every(([, actor]) => actor !== 'outbound')).toBe(true);
  });

  it('R41 that nobody knows are not found, and nobody but operators may ask', async () => {
    await post('reset', 'nobody').expect(404);
    await post('isolate', 'toString').expect(404);
    await app.http.post('/admin/circuit-breaker/reset').set('Authorization', operator).expect(422);
    const admin = `Bearer ${await app.token('acme-corp', 'tenant_admin')}`;
    await app.http.get('/admin/circuit-breaker/status').set('Authorization', admin).expect(403);
    await app.http.post('/admin/circuit-breaker/isolate?service=webhook').set('Authorization', admin).expect(403);
    expect(await circuit('webhook')).toMatchObject({ state: 'closed' });
  });

  it('R40 that open and close by themselves are recorded, and metrics show them', async () => {
    const policy = app.app.get(OutboundPolicies).dependency('intel', FEED).policy();
    const down = () => policy.execute(() => Promise.reject(new UnwelcomeStatus(500)), { isRepeatable: false });
    const metric = async (name: string): Promise<string | undefined> => {
      const { text } = await app.http.get('/metrics').set('Authorization', operator).expect(200);
      return new RegExp(`^${name}\\{service="${FEED.replace(/[.?]/g, '\\$&')}"[^}]*\\} (\\d+)$`, 'm').exec(text)?.[1];
    };
    while (policy.breaker.kind === 'closed') await down().catch(() => undefined);
    await expect(policy.execute(async () => 1, { isRepeatable: true })).rejects.toMatchObject({ reason: 'circuit_open' });
    expect(await metric('circuit_breaker_state')).toBe('1');
    expect(Number(await metric('outbound_calls_total'))).toBeGreaterThan(1);
    expect(await metric('bulkhead_executing')).toBe('0');
    await eventually(async () => {
      await policy.execute(async () => 1, { isRepeatable: true });
      expect(policy.breaker.kind).toBe('closed');
    });
    expect(await metric('circuit_breaker_state')).toBe('0');
    await eventually(async () => {
      const ofTheFeed = ((await records()) as string[][]).filter(([, , target]) => target === FEED);
      expect(ofTheFeed.map(([action, actor]) => [action, actor])).toEqual([
        ['circuit_breaker.opened', 'outbound'],
        ['circuit_breaker.closed', 'outbound'],
      ]);
    });
  });
});
