import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { OutboundHttp } from '../../platform/outbound/outbound-http.js';
import { exposeOutbound } from '../../platform/resilience/outbound-metrics.js';
import { policiesWith } from '../../../test/support/outbound-policies.js';
import { ACME, GLOBEX, MovableClock } from '../../../test/support/containment-rig.js';
import { SecretRing } from '../../platform/secrets/secret-ring.js';
import { WebhookKeys } from '../webhook-keys.js';
import { WebhookSender } from './webhook-sender.js';

const KEYS = new WebhookKeys(SecretRing.of(Buffer.from('service key of at least 32 bytes.')));

describe('webhooks', () => {
  let server: Server;
  let url: string;
  let answers: (number | 'hang' | 'redirect')[];
  let seen: { headers: IncomingHttpHeaders; body: string; path: string }[];
  let metrics: Registry;

  beforeEach(async () => {
    answers = [];
    seen = [];
    metrics = new Registry();
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        seen.push({ headers: request.headers, body, path: request.url ?? '' });
        const answer = answers.shift() ?? 200;
        if (answer === 'hang') return;
        if (answer === 'redirect') response.writeHead(302, { Location: '/elsewhere' });
        else response.writeHead(answer);
        response.end('{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const sender = (settings: Readonly<Record<string, string>> = {}, allow: readonly string[] = ['127.0.0.0/8']): WebhookSender => {
    const policies = policiesWith({ RETRY_WEBHOOK_MAX_ATTEMPTS: '3', RETRY_WEBHOOK_BASE_DELAY: '0.001', ...settings });
    metrics.clear();
    exposeOutbound(policies, metrics);
    return new WebhookSender(new OutboundHttp(allow), KEYS, new MovableClock(), policies);
  };
  const message = () => ({ url, body: { hello: 'there' }, idempotencyKey: 'action-1', correlationId: 'req-1' });
  const failure = (code: string, isTemporary: boolean) => ({ name: 'ActuatorFailure', code, isTemporary });
  const breaker = async (): Promise<string | undefined> =>
    /circuit_breaker_state\{service="webhook"\} (\d)/.exec(await metrics.metrics())?.[1];

  it('are signed with a key of the tenant over time and body', async () => {
    expect(await sender().send(ACME, 'notify', message())).toBe(200);
    const { headers = {}, body = '' } = seen[0] ?? {};
    const [, time, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(seen[0]?.headers['x-gatra-signature'])) ?? [];
    expect(mac).toBe(createHmac('sha256', KEYS.of(ACME)).update(`${time}.${body}`).digest('hex'));
    expect(Number(time)).toBe(Date.parse('2026-11-21T10:00:00Z') / 1000);
    expect(KEYS.of(ACME)).not.toEqual(KEYS.of(GLOBEX));
    expect(headers).toMatchObject({ 'idempotency-key': 'action-1', 'x-correlation-id': 'req-1', 'x-tenant-id': 'acme-corp' });
    expect(JSON.parse(body)).toEqual({ hello: 'there' });
  });

  it('trap.P22-retry-only-retryable', async () => {
    answers = [503, 429, 200];
    expect(await sender().send(ACME, 'notify', message())).toBe(200);
    expect(seen.map(({ headers }) => headers['idempotency-key'])).toEqual(['action-1', 'action-1', 'action-1']);
    seen = [];
    answers = [400];
    await expect(sender().send(ACME, 'notify', message())).rejects.toMatchObject(failure('receiver_answered_400', false));
    expect(seen).toHaveLength(1);
  });

  it('follow no redirect', async () => {
    answers = ['redirect'];
    await expect(sender().send(ACME, 'notify', message())).rejects.toMatchObject(failure('receiver_answered_302', false));
    expect(seen.map(({ path }) => path)).toEqual(['/hook']);
  });

  it('HOS-05 go to no address that is neither public nor allowed, and it counts as no failure of the receiver', async () => {
    const one = sender({ CIRCUIT_BREAKER_WEBHOOK_FAILURE_THRESHOLD: '1' }, []);
    await expect(one.send(ACME, 'notify', message())).rejects.toMatchObject(failure('receiver_not_allowed', false));
    expect(seen).toEqual([]);
    expect(await one.send(ACME, 'notify', { ...message(), allow: ['127.0.0.1'] })).toBe(200);
    await expect(one.send(GLOBEX, 'notify', message())).rejects.toMatchObject(failure('receiver_not_allowed', false));
    expect(seen).toHaveLength(1);
  });

  it('wait for no answer longer than their limits', async () => {
    answers = ['hang', 'hang', 'hang'];
    await expect(sender({ OUTBOUND_WEBHOOK_ATTEMPT_TIMEOUT: '0.3' }).send(ACME, 'notify', message())).rejects.toMatchObject(
      failure('receiver_timeout', true),
    );
    expect(seen).toHaveLength(3);
    answers = ['hang'];
    await expect(sender({ OUTBOUND_WEBHOOK_TOTAL_TIMEOUT: '0.03' }).send(ACME, 'notify', message())).rejects.toMatchObject(
      failure('receiver_timeout', true),
    );
  });

  it('stop calling a receiver that keeps failing, count attempts one by one, and spare other receivers', async () => {
    const one = sender({ CIRCUIT_BREAKER_WEBHOOK_FAILURE_THRESHOLD: '3', CIRCUIT_BREAKER_WEBHOOK_RECOVERY_TIMEOUT: '1' });
    answers = [503, 503, 503];
    await expect(one.send(ACME, 'notify', message())).rejects.toMatchObject(failure('receiver_answered_503', true));
    expect(await breaker()).toBe('1');
    await expect(one.send(ACME, 'notify', message())).rejects.toMatchObject(failure('receiver_circuit_open', true));
    expect(seen).toHaveLength(3);
    expect(await one.send(ACME, 'ticket', message())).toBe(200);
    expect(await one.send(GLOBEX, 'notify', message())).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 1_010));
    for (let probe = 0; probe < 3; probe += 1) {
      expect(await one.send(ACME, 'notify', message())).toBe(200);
      expect(await breaker()).toBe(probe < 2 ? '2' : '0');
    }
  });

  it('hold no more calls than their bulkhead', async () => {
    answers = ['hang', 'hang', 'hang'];
    const one = sender({
      BULKHEAD_WEBHOOK_MAX_CONCURRENT: '1',
      BULKHEAD_WEBHOOK_MAX_WAITING: '1',
      OUTBOUND_WEBHOOK_ATTEMPT_TIMEOUT: '0.05',
      RETRY_WEBHOOK_MAX_ATTEMPTS: '1',
    });
    const results = await Promise.allSettled([1, 2, 3].map(() => one.send(ACME, 'notify', message())));
    expect(results.map((result) => (result.status === 'rejected' ? result.reason.code : result.value))).toContain('receiver_busy');
  });

  it('say that nobody listens', async () => {
    server.close();
    server.closeAllConnections();
    await expect(sender().send(ACME, 'notify', message())).rejects.toMatchObject(failure('receiver_unreachable', true));
  });
});
