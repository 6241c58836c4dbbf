import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { exampleBody } from '../../src/cli/probe/example-body.js';
import { ApiDocument } from '../support/api-document.js';
import { BuiltApp } from '../support/built-app.js';
import { eventually } from '../support/eventually.js';
import { SpanCollector } from '../support/span-collector.js';

/** The two files that are made to hold secrets, readable by their owner alone. */
const ALLOWED = ['bootstrap.json', 'secrets.json'];
const TENANT = '/api/v1/tenants/acme-corp';
/** They would end what the walk goes with. */
const ENDINGS = new Set([
  'POST /admin/drain',
  'POST /api/v1/auth/revoke',
  'POST /api/v1/tenants/{tenant_id}/suspend',
  'DELETE /api/v1/tenants/{tenant_id}',
]);

describe('secrets', () => {
  let app: BuiltApp;
  let collector: SpanCollector;
  let operator: string;
  let tenantAdmin: string;
  const secrets = new Map<string, string>();
  const refusals: string[] = [];

  beforeAll(async () => {
    collector = await SpanCollector.start();
    const collectorToken = randomBytes(24).toString('hex');
    secrets.set('the token of the collector', collectorToken);
    const OTEL_EXPORTER_OTLP_HEADERS = `authorization=Bearer%20${collectorToken}`;
    app = await BuiltApp.start({
      env: { LOG_LEVEL: 'trace', AUTH_FAILURE_LIMIT: '100000', ...collector.env, OTEL_EXPORTER_OTLP_HEADERS },
    });
    operator = await app.token('platform');
    tenantAdmin = await app.token('acme-corp', 'tenant_admin');
  });
  afterAll(async () => {
    await app.stop();
    await collector.close();
  });

  const call = async (method: string, path: string, headers: Record<string, string>, body?: object): Promise<Response> => {
    const answer = await fetch(app.baseUrl + path, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (answer.status >= 400) refusals.push(await answer.clone().text());
    return answer;
  };
  const made = async (
    what: string,
    field: string,
    [method, path]: readonly [string, string],
    token: string,
    body?: object,
  ): Promise<Record<string, string>> => {
    const answer = await call(method, path, { Authorization: `Bearer ${token}`, 'Idempotency-Key': what.replaceAll(' ', '-') }, body);
    expect([what, answer.status < 300]).toEqual([what, true]);
    const shown = (await answer.json()) as Record<string, string>;
    secrets.set(what, shown[field] ?? '');
    return shown;
  };

  it('KEY-02 trap.P12-no-plaintext-key-at-rest every secret that is made is in no file, log, metric, error or record', async () => {
    const key = await made('a key', 'api_key', ['POST', `${TENANT}/api-keys`], tenantAdmin, {
      principal: 'jo@acme-corp',
      roles: ['responder'],
    });
    await made('a rotated key', 'api_key', ['POST', `${TENANT}/api-keys/${key['key_id']}/rotate`], tenantAdmin, {});
    await made('a key of the platform', 'api_key', ['POST', '/admin/api-keys'], operator, { principal: 'ops@platform' });
    await made('the credential of a list', 'password', ['POST', '/api/v1/edl/ip/credential'], tenantAdmin);
    await made('the key of webhooks', 'key', ['GET', '/api/v1/webhooks/signing-key'], tenantAdmin);
    const token = (await (await call('POST', '/api/v1/auth/token', { 'X-API-Key': key['api_key'] ?? '' })).json()) as {
      access_token: string;
    };
    for (const [what, text] of [
      ['a token', token.access_token],
      ['a token of the operator', operator],
      ['a token of the tenant-admin', tenantAdmin],
    ] as const)
      secrets.set(what, text);
    for (const [tenant, credentials] of Object.entries(app.bootstrap.tenants))
      for (const [name, { api_key: text }] of Object.entries(credentials)) secrets.set(`${name} of ${tenant}`, text);
    secrets.set('the first key', app.bootstrap.platform_admin.api_key);
    for (const [name, value] of Object.entries(
      JSON.parse(readFileSync(join(app.dataDir, 'secrets.json'), 'utf8')) as Record<string, unknown>,
    ))
      if (typeof value === 'string' && value.length >= 32) secrets.set(name, value);
    expect([...secrets].filter(([, text]) => text.length < 32)).toEqual([]);
    expect(secrets.size).toBeGreaterThan(20);

    await misplace(key['api_key'] ?? '', token.access_token);
    const walked = await walk(token.access_token);
    expect(walked).toBeGreaterThan(60);

    const places = new Map([...filesOf(app.dataDir), ['log', Buffer.from(app.printed.join('\n'))]]);
    places.set('metrics', Buffer.from(await (await call('GET', '/metrics', { Authorization: `Bearer ${operator}` })).text()));
    await eventually(() => expect(collector.spans.length).toBeGreaterThan(100));
    expect(collector.authorizations[0]).toMatch(/^Bearer \w{48}$/);
    places.set('spans', Buffer.from(collector.bodies.join('\n')));
    places.set('errors', Buffer.from(refusals.join('\n')));
    places.set('audit of the tenant', Buffer.from(await exportOf('/api/v1/audit', tenantAdmin)));
    places.set('audit of the platform', Buffer.from(await exportOf('/admin/audit', operator)));
    expect(
      places.get('platform.db')?.includes(key['key_id'] ?? 'none') || places.get('platform.db-wal')?.includes(key['key_id'] ?? 'none'),
    ).toBe(true);
    expect(places.get('audit of the platform')?.includes('api_key.rotated')).toBe(true);
    expect(refusals.length).toBeGreaterThan(20);

    const found: string[] = [];
    for (const [place, bytes] of places) {
      for (const [what, text] of secrets) for (const form of formsOf(text)) if (bytes.includes(form)) found.push(`${what} in ${place}`);
    }
    expect(found).toEqual([]);
    for (const file of ALLOWED) expect(statSync(join(app.dataDir, file)).mode & 0o777).toBe(0o600);
  });

  it('AUTH-09 a credential in a URL is refused wherever it stands, and appears in no log and no answer', async () => {
    const key = app.apiKey('acme-corp', 'viewer');
    const { hostname, port } = new URL(app.baseUrl);
    for (const path of [
      `/api/v1/alerts?api_key=${key}`,
      `/api/v1/alerts/${key}`,
      `/api/v1/alerts?q=${key.replaceAll('_', '%5F')}`,
      `/${key}`,
      `/x?${key}`,
    ]) {
      const answer = await call('GET', path, { Authorization: `Bearer ${tenantAdmin}` });
      const text = await answer.text();
      expect([answer.status, JSON.parse(text)]).toEqual([400, expect.objectContaining({ type: '/problems/credential-in-url' })]);
      expect(text).not.toContain(key.split('_')[3]);
    }
    const absolute = await rawGet(hostname, Number(port), `http://jo:${key}@${hostname}:${port}/api/v1/alerts`);
    expect(absolute).toMatch(/^HTTP\/1\.1 400 /);
    expect(absolute).not.toContain(key.split('_')[3]);
    expect(app.printed.join('\n')).not.toContain(key.split('_')[3]);
  });

  /** Sends credentials where they do not belong. */
  async function misplace(key: string, token: string): Promise<void> {
    const wrong: [string, string, Record<string, string>][] = [
      ['GET', `/api/v1/alerts?api_key=${key}`, {}],
      ['GET', `/api/v1/alerts/${key}`, {}],
      ['GET', '/api/v1/alerts', { Authorization: `Bearer ${key}` }],
      ['GET', '/api/v1/alerts', { Authorization: `Basic ${Buffer.from(`jo:${key}`).toString('base64')}` }],
      ['GET', '/api/v1/alerts', { 'X-API-Key': key }],
      ['GET', '/api/v1/alerts', { Authorization: `Bearer ${token}`, 'X-Tenant-ID': key }],
      ['POST', '/api/v1/auth/token', { 'X-API-Key': token }],
      ['POST', '/api/v1/auth/token', { 'X-API-Key': `${key}x` }],
    ];
    for (const [method, path, headers] of wrong) await call(method, path, headers);
  }

  /** Asks every operation, with a body where it takes one, as three persons; answers how many operations there are. */
  async function walk(responder: string): Promise<number> {
    const document = await ApiDocument.of(app.baseUrl);
    for (const { method, path, operation } of document.operations) {
      if (ENDINGS.has(`${method} ${path}`) || path.includes('stream')) continue;
      const content = operation.requestBody?.content['application/json'];
      const body = content ? (exampleBody(content.schema, document.schemas) as object) : undefined;
      const instance = path.replace('{tenant_id}', 'acme-corp').replace(/\{\w+\}/g, 'f0e1d2c3-0000-7000-8000-000000000000');
      for (const token of [responder, operator])
        await (await call(method, instance, { Authorization: `Bearer ${token}` }, body)).arrayBuffer();
    }
    return document.operations.length;
  }

  async function exportOf(path: string, token: string): Promise<string> {
    const texts: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const answer = await call('GET', `${path}?limit=500${cursor === '' ? '' : `&cursor=${cursor}`}`, {
        Authorization: `Bearer ${token}`,
      });
      const text = await answer.text();
      texts.push(text);
      cursor = (JSON.parse(text) as { next_cursor: string | null }).next_cursor;
    }
    return texts.join('\n');
  }
});

/** Every file under a directory but those that are made to hold secrets. */
function filesOf(directory: string): [string, Buffer][] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !ALLOWED.includes(entry.name))
    .map((entry) => [join(entry.parentPath, entry.name).slice(directory.length + 1), readFileSync(join(entry.parentPath, entry.name))]);
}

/** A secret as it is, its secret part alone, and both as base64 and hex would hold them. */
function formsOf(text: string): string[] {
  const secret = /^gtr_\w+?_\w{12}_(\w{43})_/.exec(text)?.[1];
  const parts = secret === undefined ? [text] : [text, secret];
  return parts.flatMap((part) => [part, Buffer.from(part).toString('base64').replace(/=+$/, ''), Buffer.from(part).toString('hex')]);
}

async function rawGet(host: string, port: number, target: string): Promise<string> {
  const { connect } = await import('node:net');
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => socket.write(`GET ${target} HTTP/1.1\r\nHost: ${host}:${port}\r\nConnection: close\r\n\r\n`));
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.once('end', () => resolve(text)).once('error', reject);
  });
}
