import { createHmac } from 'node:crypto';
import { incident } from '../support/containment-rig.js';
import { startContainmentApp, type ContainmentApp } from '../support/containment-app.js';

interface Credential {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

describe('external dynamic lists', () => {
  let app: ContainmentApp;
  beforeAll(async () => {
    app = await startContainmentApp();
  });
  afterAll(() => app.close());

  const credentialFor = async (list: string, tenant = 'acme-corp'): Promise<Credential> =>
    (await app.post(`/api/v1/edl/${list}/credential`, 'tenant_admin', {}, tenant).expect(201)).body as Credential;
  const block = async (action: 'block_ip' | 'block_domain', value: string): Promise<string> => {
    const { incident_id: id } = app.put(incident());
    const target = { type: action === 'block_ip' ? 'ip' : 'domain', value };
    const { body } = await app.post(`/api/v1/incidents/${id}/actions`, 'analyst', { action, target, reason: 'It was there.' }).expect(201);
    await app.post(`/api/v1/approvals/${body.approval_id}/approve`, 'responder', { comments: '', digest: body.digest }).expect(200);
    await app.work('acme-corp');
    return body.action_id as string;
  };
  const poll = ({ url, username, password }: Credential) => app.http.get(url).auth(username, password);

  it('an approved block is on the list that the firewall polls, sorted, one entry a line, and a reverted one is not', async () => {
    const credential = await credentialFor('ip');
    expect((await poll(credential).expect(200)).text).toBe('');
    const first = await block('block_ip', '203.0.113.9');
    await block('block_ip', '198.51.100.7');
    await block('block_ip', '203.0.113.9');
    const listed = await poll(credential).expect(200).expect('Content-Type', 'text/plain; charset=utf-8');
    expect(listed.text).toBe('198.51.100.7\n203.0.113.9\n');
    expect(listed.headers).toMatchObject({ 'cache-control': 'private, no-cache', etag: expect.stringMatching(/^"[A-Za-z0-9_-]{43}"$/) });
    await app.post(`/api/v1/containment/actions/${first}/revert`, 'responder', { reason: 'a partner' }).expect(202);
    await app.work('acme-corp');
    expect((await poll(credential).expect(200)).text).toBe('198.51.100.7\n203.0.113.9\n');
    const { body } = await app.get('/api/v1/containment/actions?kind=block_ip&status=executed', 'viewer').expect(200);
    for (const { action_id: id } of body.items)
      await app.post(`/api/v1/containment/actions/${id}/revert`, 'responder', { reason: 'over' }).expect(202);
    await app.work('acme-corp');
    expect((await poll(credential).expect(200)).text).toBe('');
  });

  it('answers 304 while the list has not changed', async () => {
    const credential = await credentialFor('domain');
    await block('block_domain', 'Files.Evil.Example');
    const { headers, text } = await poll(credential).expect(200);
    expect(text).toBe('files.evil.example\n');
    const same = await poll(credential)
      .set('If-None-Match', headers['etag'] ?? '')
      .expect(304);
    expect(same.text).toBe('');
    expect(same.headers['etag']).toBe(headers['etag']);
    await poll(credential).set('If-None-Match', `"other", ${headers['etag']}`).expect(304);
    await block('block_domain', 'more.evil.example');
    await poll(credential)
      .set('If-None-Match', headers['etag'] ?? '')
      .expect(200);
  });

  it('refuses everything but the list’s own credential with one answer, and tells nobody which tenants there are', async () => {
    const good = await credentialFor('ip');
    const theirs = await credentialFor('ip', 'globex');
    const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
    const right = basic(`${good.username}:${good.password}`);
    const bad: readonly (readonly [string, string | undefined])[] = [
      ['/edl/acme-corp/ip', undefined],
      ['/edl/acme-corp/ip', basic(`${good.username}:wrong`)],
      ['/edl/acme-corp/ip', basic(`other:${good.password}`)],
      ['/edl/acme-corp/ip', basic(`${theirs.username}:${theirs.password}`)],
      ['/edl/acme-corp/ip', basic('nocolon')],
      ['/edl/acme-corp/ip', `Bearer ${good.password}`],
      ['/edl/acme-corp/ip', `Basic ${'A'.repeat(5000)}`],
      ['/edl/acme-corp/domain', right],
      ['/edl/acme-corp/nonsense', right],
      ['/edl/globex/ip', right],
      ['/edl/no-such-tenant/ip', right],
      ['/edl/NOT%20A%20TENANT/ip', right],
      ['/edl/..%2f..%2fetc/ip', right],
    ];
    const seen = new Set<string>();
    for (const [path, authorization] of bad) {
      const request = app.http.get(path).set('X-Correlation-ID', 'same');
      const answer = await (authorization === undefined ? request : request.set('Authorization', authorization)).expect(401);
      expect(answer.headers['www-authenticate']).toMatch(/^Basic /);
      seen.add(JSON.stringify({ ...(answer.body as object), instance: '' }));
    }
    expect(seen.size).toBe(1);
    const inUrl = await app.http.get(`/edl/acme-corp/ip?username=${good.username}&password=${good.password}`).expect(400);
    expect(inUrl.body).toMatchObject({ type: '/problems/credential-in-url' });
    await poll(good).expect(200);
  });

  it('every refusal takes its time, so that none tells what it was for', async () => {
    const { username, password } = await credentialFor('ip');
    for (const path of ['/edl/acme-corp/ip', '/edl/no-such-tenant/ip', '/edl/acme-corp/nonsense']) {
      const started = performance.now();
      await app.http.get(path).auth(username, `${password}x`).expect(401);
      expect(performance.now() - started).toBeGreaterThanOrEqual(45);
    }
  });

  it('a credential is shown once, kept as a hash, and replaced by the next', async () => {
    await app.post('/api/v1/edl/ip/credential', 'responder', {}).expect(403);
    await app.post('/api/v1/edl/nonsense/credential', 'tenant_admin', {}).expect(404);
    const before = await credentialFor('ip');
    const answer = await app.post('/api/v1/edl/ip/credential', 'tenant_admin', {}).expect(201).expect('Cache-Control', 'no-store');
    await poll(before).expect(401);
    await poll(answer.body as Credential).expect(200);
    const lists = await app.get('/api/v1/edl', 'viewer').expect(200);
    expect(lists.body.items).toEqual([
      { list: 'ip', url: '/edl/acme-corp/ip', entries: 0, credential_at: expect.stringMatching(/Z$/) },
      { list: 'domain', url: '/edl/acme-corp/domain', entries: 2, credential_at: expect.stringMatching(/Z$/) },
    ]);
    const audit = await app.get('/api/v1/audit?action=edl.credential_renewed', 'tenant_admin').expect(200);
    expect(JSON.stringify(audit.body)).not.toContain(answer.body.password);
    expect(audit.body.items.at(-1)).toMatchObject({ actor: { id: 'tenant_admin@acme-corp' }, target: { id: 'ip' } });
  });
});

describe('webhook signatures', () => {
  it('can be checked with the key that a tenant’s administrator is shown', async () => {
    const app = await startContainmentApp({ OUTBOUND_ALLOW: '127.0.0.0/8' });
    await app.get('/api/v1/webhooks/signing-key', 'responder').expect(403);
    const ours = await app.get('/api/v1/webhooks/signing-key', 'tenant_admin').expect(200).expect('Cache-Control', 'no-store');
    const theirs = await app.get('/api/v1/webhooks/signing-key', 'tenant_admin', 'globex').expect(200);
    expect(ours.body).toEqual({ header: 'X-GATRA-Signature', algorithm: 'HMAC-SHA256', key: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(ours.body.key).not.toBe(theirs.body.key);
    const { WebhookSender } = await import('../../src/cra/adapters/webhook-sender.js');
    const { createServer } = await import('node:http');
    const received = new Promise<{ signature: string; body: string }>((resolve) => {
      const server = createServer((request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => (body += chunk.toString()));
        request.on('end', () => {
          response.end();
          server.close();
          resolve({ signature: String(request.headers['x-gatra-signature']), body });
        });
      });
      server.listen(0, '127.0.0.1', () => {
        const { port } = server.address() as { port: number };
        const message = { url: `http://127.0.0.1:${port}/`, body: { a: 1 }, idempotencyKey: 'k', correlationId: 'c' };
        void app.app.get(WebhookSender).send('acme-corp' as never, 'notify', message);
      });
    });
    const { signature, body } = await received;
    const [, time, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
    expect(mac).toBe(
      createHmac('sha256', Buffer.from(ours.body.key as string, 'hex'))
        .update(`${time}.${body}`)
        .digest('hex'),
    );
    expect(Math.abs(Number(time) - Date.now() / 1000)).toBeLessThan(60);
    await app.close();
  });
});
