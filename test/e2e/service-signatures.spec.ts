import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createApp } from '../../src/create-app.js';
import { readConfig } from '../../src/platform/config/environment.js';
import { loadSecrets } from '../../src/platform/secrets/load-secrets.js';
import { mutationsOf, type WireMessage } from '../support/message-mutations.js';
import { exchange } from '../support/raw-socket.js';
import { sendRaw, type RawAnswer } from '../support/raw-request.js';
import { startApp, type RunningApp } from '../support/running-app.js';
import { ServiceCaller, type SignedRequest } from '../support/service-caller.js';

const FEEDBACK = {
  feedback_id: 'f0e1d2c3-0000-7000-8000-000000000003',
  alert_id: 'f0e1d2c3-0000-5000-8000-000000000001',
  rule_id: 'rule-1',
  verdict: 'false_positive',
  comments: '',
  analyst: 'analyst@acme-corp',
};
const ROUTES = [
  '/internal/v1/detect',
  '/api/v1/triage',
  '/api/v1/triage/batch',
  '/api/v1/contain',
  '/api/v1/feedback',
  '/api/v1/threat-intel/update',
];
const SAMPLED = 200;
const PRODUCTION = {
  JWT_SECRET: 'a9!'.repeat(9) + 'Lq7zWm2Rt',
  SERVICE_API_KEY: 'Zk4#pQ8vL1xN6sD3fG5hJ7kM9bV2cX0y',
  API_KEY_PEPPER: 'uT5rE2wQ8yI1oP4aS7dF0gH3jK6lZ9xC',
};

describe('signatures between services', () => {
  let running: RunningApp;
  let mssp: ServiceCaller;

  beforeAll(async () => {
    running = await startApp();
    mssp = await ServiceCaller.of(running.dataDir);
  });
  afterAll(() => running.close());

  const send = (request: SignedRequest | Parameters<typeof sendRaw>[1]): Promise<RawAnswer> => sendRaw(running.baseUrl, request);
  const feedback = (more: Partial<Parameters<ServiceCaller['sign']>[1]> = {}): SignedRequest =>
    mssp.sign(running.baseUrl, { path: '/api/v1/feedback', body: FEEDBACK, ...more });
  /** An answer without what differs from request to request. */
  const bodyOf = ({ body }: RawAnswer): unknown => {
    const { correlation_id: _id, instance: _instance, ...rest } = JSON.parse(body) as Record<string, unknown>;
    return rest;
  };

  describe('trap.P01-unsigned-s2s-is-401-in-every-env', () => {
    const refusesUnsigned = async (baseUrl: string): Promise<void> => {
      const analyst = await running.token('acme-corp', 'analyst');
      const signed = feedback().headers;
      const credentials: Record<string, string>[] = [
        {},
        { Authorization: `Bearer ${analyst}` },
        { Authorization: `Bearer ${await running.token('platform')}` },
        { 'X-API-Key': running.apiKey('acme-corp', 'collector') },
        { 'X-Service-Name': 'mssp' },
        { 'X-Service-Name': 'mssp', 'X-Service-Timestamp': signed['X-Service-Timestamp'] ?? '' },
        { 'X-Service-Signature': '' },
        { Signature: 'gatra=:AAAA:', 'Signature-Input': 'gatra=()' },
      ];
      const bodies = new Set<string>();
      for (const path of ROUTES) {
        for (const credential of credentials) {
          const headers = { 'Content-Type': 'application/json', 'X-Tenant-ID': 'acme-corp', ...credential };
          const answer = await sendRaw(baseUrl, { method: 'POST', path, headers, body: JSON.stringify(FEEDBACK) });
          expect([path, Object.keys(credential), answer.status]).toEqual([path, Object.keys(credential), 401]);
          bodies.add(JSON.stringify(bodyOf(answer)));
        }
      }
      expect(bodies.size).toBe(1);
    };

    it('trap.P01-unsigned-s2s-is-401-in-every-env: development', () => refusesUnsigned(running.baseUrl));

    it('trap.P01-unsigned-s2s-is-401-in-every-env: production', async () => {
      const dataDir = mkdtempSync(join(tmpdir(), 'gatra-production-'));
      const config = readConfig({ ENVIRONMENT: 'production', GATRA_DATA_DIR: dataDir, LOG_LEVEL: 'silent', INGEST_WORKERS: '1' });
      let app: NestExpressApplication | undefined;
      try {
        app = await createApp(config, await loadSecrets(config, PRODUCTION));
        await app.listen(0, '127.0.0.1');
        await refusesUnsigned(await app.getUrl());
      } finally {
        await app?.close();
        rmSync(dataDir, { recursive: true, force: true });
      }
    });

    it('trap.P01-unsigned-s2s-is-401-in-every-env: a signature opens no other route', async () => {
      for (const [method, path] of [
        ['GET', '/api/v1/alerts'],
        ['POST', '/api/v1/events'],
        ['GET', '/api/v1/tenants'],
        ['POST', '/api/v1/auth/token'],
      ] as const) {
        const signed = mssp.sign(running.baseUrl, { method, path, ...(method === 'POST' ? { body: { events: [{ a: 1 }] } } : {}) });
        expect([path, (await send(signed)).status]).toEqual([path, 401]);
      }
    });
  });

  it('trap.P02-each-uncovered-part-mutated', async () => {
    const signed = feedback({ headers: { 'X-Correlation-ID': 'case-1', 'Idempotency-Key': 'key-1' } });
    const changed: Record<string, Partial<SignedRequest> & { drop?: string }> = {
      path: { path: '/api/v1/triage' },
      query: { path: `${signed.path}?a=1` },
      'empty query': { path: `${signed.path}?` },
      'trailing slash': { path: `${signed.path}/` },
      'letter case of the path': { path: '/api/v1/Feedback' },
      tenant: { headers: { ...signed.headers, 'X-Tenant-ID': 'globex' } },
      'correlation id': { headers: { ...signed.headers, 'X-Correlation-ID': 'case-2' } },
      'idempotency key': { headers: { ...signed.headers, 'Idempotency-Key': 'key-2' } },
      'content type': { headers: { ...signed.headers, 'Content-Type': 'application/json; charset=utf-8' } },
      'content encoding': { headers: { ...signed.headers, 'Content-Encoding': 'identity' } },
      'no idempotency key': { drop: 'Idempotency-Key' },
      'no tenant': { drop: 'X-Tenant-ID' },
      body: { body: Buffer.from(signed.body.toString().replace('false_positive', 'true_positive')) },
      'space in the body': { body: Buffer.concat([signed.body, Buffer.from(' ')]) },
      'name of the sender': { headers: { ...signed.headers, 'X-Service-Name': 'taa' } },
    };
    for (const [part, { drop, ...change }] of Object.entries(changed)) {
      const headers = Object.fromEntries(Object.entries(change.headers ?? signed.headers).filter(([name]) => name !== drop));
      expect([part, (await send({ ...signed, ...change, headers })).status]).toEqual([part, 401]);
    }
    const toAnother = await ServiceCaller.of(running.dataDir, 'mssp', undefined, 'taa');
    expect((await send(toAnother.sign(running.baseUrl, { path: '/api/v1/feedback', body: FEEDBACK }))).status).toBe(401);
    expect((await send(signed)).status).toBe(200);
  });

  it('trap.P03-replay-within-window', async () => {
    for (const form of ['gatra', 'rfc9421'] as const) {
      const signed = feedback({ form });
      expect((await send(signed)).status).toBe(200);
      const again = await Promise.all(Array.from({ length: 20 }, () => send(signed)));
      expect(new Set(again.map(({ status }) => status))).toEqual(new Set([401]));
      const unsigned = await send({ method: 'POST', path: '/api/v1/feedback', headers: {}, body: '' });
      expect(new Set([...again, unsigned].map((answer) => JSON.stringify(bodyOf(answer)))).size).toBe(1);
    }
  });

  it('SIG-05 a nonce is not spent by a message whose signature is wrong', async () => {
    const signed = feedback();
    for (let i = 0; i < 20; i += 1) expect((await send({ ...signed, body: Buffer.from(`{"n":${i}}`) })).status).toBe(401);
    expect((await send(signed)).status).toBe(200);
  });

  it.each(['gatra', 'rfc9421'] as const)(
    'SIG-01 over connections of its own, changed messages (%s) get 4xx and never through',
    async (form) => {
      const {
        method,
        path: target,
        headers,
        body,
      } = feedback({ form, path: '/api/v1/feedback?b=2&a=%20x', headers: { 'Idempotency-Key': `raw-${form}` } });
      const message: WireMessage = { method, target, headers: Object.entries(headers), body };
      const also = Object.keys(headers)
        .map((name) => name.toLowerCase())
        .filter((name) => /^x-service|^signature|^content-digest/.test(name) || (form === 'rfc9421' && name === 'host'));
      // OPTIONS is answered by CORS, before any route.
      const all = [...mutationsOf(message, also)].filter(({ name }) => name !== 'method OPTIONS');
      const step = all.length / SAMPLED;
      const statuses = new Map<number, number>();
      for (let at = 0; at < SAMPLED; at += 1) {
        const { name, message: changed } = all[Math.floor(at * step)] ?? { name: 'itself', message };
        const answer = await exchange(running.baseUrl, textOf(changed));
        const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        expect([name, status]).toEqual([name, expect.any(Number)]);
        if (!(status >= 400 && status < 500)) throw new Error(`${name}: ${answer.slice(0, 300)}`);
      }
      process.stdout.write(`SIG-01 over HTTP, ${form}: ${JSON.stringify(Object.fromEntries(statuses))} of ${all.length}\n`);
      expect(await exchange(running.baseUrl, textOf(message))).toMatch(/^HTTP\/1\.1 200/);
    },
  );
});

/** A message as it is written to a connection that is closed behind it. */
function textOf({ method, target, headers, body }: WireMessage): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const head = `${method} ${target} HTTP/1.1\r\n${lines}Connection: close\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}
