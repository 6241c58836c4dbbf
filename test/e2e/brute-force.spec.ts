import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { generateApiKey } from '../../src/platform/auth/api-key.js';
import { crc32 } from 'node:zlib';
import { startApp, type RunningApp } from '../support/running-app.js';

const TRIES = 2_000;
const AT_ONCE = 50;
const METRICS_TOKEN = randomBytes(32).toString('hex');

describe('trying credentials', () => {
  let running: RunningApp;
  beforeEach(async () => {
    running = await startApp({ env: { METRICS_TOKEN } });
  });
  afterEach(() => running.close());

  /** The token exchange from one of this machine's own addresses. */
  const exchange = (
    key: string,
    from = '127.0.0.1',
    headers: Record<string, string> = {},
  ): Promise<{ status: number; retryAfter: number }> =>
    send({ method: 'POST', path: '/api/v1/auth/token', headers: { 'X-API-Key': key, ...headers }, from });
  const bearer = (token: string, from = '127.0.0.1'): Promise<{ status: number; retryAfter: number }> =>
    send({ method: 'GET', path: '/api/v1/alerts', headers: { Authorization: `Bearer ${token}` }, from });

  function send(options: {
    method: string;
    path: string;
    headers: Record<string, string>;
    from: string;
  }): Promise<{ status: number; retryAfter: number }> {
    const { hostname, port } = new URL(running.baseUrl);
    return new Promise((resolve, reject) => {
      request(
        { hostname, port, localAddress: options.from, method: options.method, path: options.path, headers: options.headers },
        (answer) => {
          answer.resume();
          answer.once('end', () => resolve({ status: answer.statusCode ?? 0, retryAfter: Number(answer.headers['retry-after'] ?? 0) }));
        },
      )
        .once('error', reject)
        .end();
    });
  }

  /** Answers of many tries, some at a time. */
  async function tries(count: number, one: (n: number) => Promise<{ status: number }>): Promise<Map<number, number>> {
    const statuses = new Map<number, number>();
    for (let n = 0; n < count; n += AT_ONCE) {
      const answers = await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - n) }, (_, i) => one(n + i)));
      for (const { status } of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    return statuses;
  }

  it('AUTH-06 of 2,000 wrong keys from one address fewer than 50 are looked at, and whoever asks from elsewhere is not held up', async () => {
    const analyst = await running.token('acme-corp', 'analyst');
    let good = 0;
    const statuses = await tries(TRIES, async (n) => {
      if (n % 100 === 0) {
        const others = await Promise.all([
          exchange(running.apiKey('acme-corp', 'viewer'), '127.0.0.2'),
          bearer(analyst),
          exchange(running.apiKey('acme-corp', 'analyst')),
        ]);
        if (others.every(({ status }) => status === 200)) good += 1;
      }
      return exchange(generateApiKey('test').text, '127.0.0.1');
    });
    expect(good).toBe(TRIES / 100);
    expect(statuses.get(401)).toBeLessThan(50);
    expect((statuses.get(401) ?? 0) + (statuses.get(429) ?? 0)).toBe(TRIES);
    const barred = await exchange(generateApiKey('test').text);
    expect(barred.status).toBe(429);
    expect(barred.retryAfter).toBeGreaterThanOrEqual(1);
    expect(barred.retryAfter).toBeLessThanOrEqual(10);
  });

  it('AUTH-06 of wrong keys for one id from 200 addresses fewer than 50 are looked at, and its holder goes on', async () => {
    const key = running.apiKey('acme-corp', 'collector');
    expect((await exchange(key, '127.0.0.1')).status).toBe(200);
    const statuses = await tries(1_000, (n) => exchange(withOtherSecret(key), `127.0.1.${1 + (n % 200)}`));
    expect(statuses.get(401)).toBeLessThan(50);
    expect((statuses.get(401) ?? 0) + (statuses.get(429) ?? 0)).toBe(1_000);
    expect((await exchange(key, '127.0.0.1')).status).toBe(200);
    expect((await exchange(running.apiKey('acme-corp', 'viewer'), '127.0.0.9')).status).toBe(200);
  });

  it('AUTH-06 wrong tokens count too, and a right one passes whatever its neighbours try', async () => {
    const analyst = await running.token('acme-corp', 'analyst');
    const statuses = await tries(500, (n) => bearer(`${analyst.slice(0, -12)}${String(n).padStart(12, 'x')}`));
    expect(statuses.get(401)).toBeLessThan(50);
    expect((statuses.get(401) ?? 0) + (statuses.get(429) ?? 0)).toBe(500);
    expect((await bearer(analyst)).status).toBe(200);
  });

  it('AUTH-06 wrong credentials of a list count too, from one address and from many, and the firewall goes on polling', async () => {
    const admin = await running.token('acme-corp', 'tenant_admin');
    const { body: list } = await running.http.post('/api/v1/edl/ip/credential').auth(admin, { type: 'bearer' }).expect(201);
    const poll = (password: string, from: string) =>
      send({ method: 'GET', path: String(list.url), headers: { Authorization: basic(String(list.username), password) }, from });
    for (const many of [1, 200]) {
      const statuses = await tries(400, (n) => poll(`wrong-${many}-${n}`, `127.0.2.${1 + (n % many)}`));
      expect(statuses.get(401) ?? 0).toBeLessThan(50);
      expect((statuses.get(401) ?? 0) + (statuses.get(429) ?? 0)).toBe(400);
      expect((await poll(String(list.password), '127.0.2.1')).status).toBe(200);
    }
    const barred = await poll('wrong again', '127.0.2.1');
    expect(barred.status).toBe(429);
    expect(barred.retryAfter).toBeGreaterThanOrEqual(1);
    expect((await exchange(running.apiKey('acme-corp', 'viewer'), '127.0.0.9')).status).toBe(200);
  });

  it('AUTH-06 wrong metrics tokens count too, and the right one passes', async () => {
    const scrape = (token: string) =>
      send({ method: 'GET', path: '/metrics', headers: { Authorization: `Bearer ${token}` }, from: '127.0.3.1' });
    const statuses = await tries(400, (n) => scrape(`wrong-${n}`));
    expect(statuses.get(401)).toBeLessThan(50);
    expect((statuses.get(401) ?? 0) + (statuses.get(429) ?? 0)).toBe(400);
    expect((await scrape(METRICS_TOKEN)).status).toBe(200);
  });

  it('AUTH-08 trap.P04 headers that name addresses, persons and tenants move no limit, no identity and no record', async () => {
    const forged = (n: number): Record<string, string> => ({
      'X-Forwarded-For': `203.0.113.${n % 250}`,
      'X-Real-IP': `203.0.113.${n % 250}`,
      Forwarded: `for=203.0.113.${n % 250}`,
      'X-Client-IP': '203.0.113.1',
      'True-Client-IP': '203.0.113.1',
      'CF-Connecting-IP': '203.0.113.1',
      'X-User-ID': 'admin@platform',
      'X-Forwarded-User': 'admin@platform',
      'X-Forwarded-Host': 'evil.example',
      'X-Original-URL': '/admin/api-keys',
      'X-HTTP-Method-Override': 'GET',
      traceparent: `00-${String(n).padStart(32, '1')}-1111111111111111-01`,
    });
    const operator = await running.token('platform');
    const viewer = await running.token('acme-corp', 'viewer');
    const tenantAdmin = await running.token('acme-corp', 'tenant_admin');
    const statuses = await tries(200, (n) => exchange(generateApiKey('test').text, '127.0.0.1', forged(n)));
    expect(statuses.get(401)).toBeLessThan(50);
    const get = (path: string, token: string) => running.http.get(path).auth(token, { type: 'bearer' }).set(forged(1));
    await get('/admin/audit', viewer).expect(403);
    await get('/api/v1/alerts', viewer).set('X-Tenant-ID', 'globex').expect(403);
    await get('/api/v1/alerts', viewer).expect(200);
    const records = await poll(
      async () => (await get('/admin/audit?action=credential.refused&limit=500', operator).expect(200)).body.items as WrittenRecord[],
    );
    expect(new Set(records.map(({ source_ip: source }) => source))).toEqual(new Set(['127.0.0.1']));
    const ofTenant = await poll(
      async () => (await get('/api/v1/audit?action=access.refused', tenantAdmin).expect(200)).body.items as WrittenRecord[],
      2,
    );
    for (const record of ofTenant)
      expect(record).toMatchObject({ source_ip: '127.0.0.1', actor: { id: 'viewer@acme-corp' }, tenant_id: 'acme-corp' });
  });

  it('AUD-05 writes down who was refused, where and why: a tenant’s in its log, others in the platform’s, and no flood of them', async () => {
    const operator = await running.token('platform');
    const tenantAdmin = await running.token('acme-corp', 'tenant_admin');
    const viewer = await running.token('acme-corp', 'viewer');
    const key = running.apiKey('acme-corp', 'collector');
    const list = async (path: string, token: string): Promise<WrittenRecord[]> =>
      (await running.http.get(`${path}&limit=500`).auth(token, { type: 'bearer' }).expect(200)).body.items as WrittenRecord[];

    await running.http
      .post('/api/v1/auth/token')
      .set('X-API-Key', withOtherSecret(key))
      .set('X-Correlation-ID', 'wrong-secret')
      .expect(401);
    await running.http.post('/api/v1/auth/token').set('X-API-Key', 'nonsense').set('X-Correlation-ID', 'nonsense').expect(401);
    await running.http.get('/api/v1/alerts').set('Authorization', 'Bearer nonsense').set('X-Correlation-ID', 'bad-token').expect(401);
    await running.http.get('/api/v1/alerts?token=x').set('X-Correlation-ID', 'in-url').expect(400);
    await running.http.get('/api/v1/audit').auth(viewer, { type: 'bearer' }).set('X-Correlation-ID', 'not-allowed').expect(403);
    await running.http.get('/edl/acme-corp/ip').auth('edl-ip', 'wrong').set('X-Correlation-ID', 'bad-list').expect(401);
    for (let n = 0; n < 30; n++) await exchange(generateApiKey('test').text, '127.0.0.7');

    const ofTenant = await poll(() => list('/api/v1/audit?action=credential.refused&action=access.refused', tenantAdmin), 2);
    expect(ofTenant.map(summary)).toEqual([
      ['wrong-secret', 'credential.refused', 'anonymous', key.split('_')[2], 'POST /api/v1/auth/token', 'wrong_secret'],
      ['not-allowed', 'access.refused', 'person', 'viewer@acme-corp', 'GET /api/v1/audit', 'audit:read'],
    ]);
    const ofPlatform = await poll(
      () => list('/admin/audit?action=credential.refused&action=credential.exposed&action=limit.hit', operator),
      14,
    );
    const named = new Map(ofPlatform.map((record) => [record.correlation_id, summary(record).slice(1)]));
    expect(named.get('nonsense')).toEqual(['credential.refused', 'anonymous', 'anonymous', 'POST /api/v1/auth/token', 'malformed']);
    expect(named.get('bad-token')).toEqual(['credential.refused', 'anonymous', 'anonymous', 'GET /api/v1/alerts', 'bad_token']);
    expect(named.get('in-url')).toEqual(['credential.exposed', 'anonymous', 'anonymous', 'GET unmatched', undefined]);
    expect(named.get('bad-list')?.slice(0, 4)).toEqual(['credential.refused', 'anonymous', 'anonymous', 'GET /edl/:tenant_id/:list']);
    const flood = ofPlatform.filter(({ source_ip: source }) => source === '127.0.0.7');
    expect(flood.filter(({ action }) => action === 'credential.refused')).toHaveLength(5);
    expect(flood.filter(({ action }) => action === 'limit.hit')).toHaveLength(5);
    for (const record of [...ofTenant, ...ofPlatform])
      expect(record).toMatchObject({
        outcome: 'refused',
        timestamp: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
        source_ip: expect.stringMatching(/^127/),
      });
  });
});

interface WrittenRecord {
  readonly action: string;
  readonly actor: { readonly type: string; readonly id: string };
  readonly target: { readonly id: string };
  readonly correlation_id: string;
  readonly source_ip: string;
  readonly details: { readonly reason?: string; readonly permission?: string };
}

function summary({ correlation_id: id, action, actor, target, details }: WrittenRecord): (string | undefined)[] {
  return [id, action, actor.type, actor.id, target.id, details.reason ?? details.permission];
}

/** Reads until there are so many, as records of refusals follow within a second. */
async function poll(read: () => Promise<WrittenRecord[]>, least = 1): Promise<WrittenRecord[]> {
  for (const giveUp = Date.now() + 10_000; Date.now() < giveUp;) {
    const records = await read();
    if (records.length >= least) return records;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`fewer than ${least} records`);
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** The same id with another secret, and a right checksum. */
function withOtherSecret(key: string): string {
  const [prefix, type, id] = key.split('_');
  const secret = generateApiKey('test').secret;
  const body = `${prefix}_${type}_${id}_${secret}`;
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  let rest = crc32(body);
  let sum = '';
  for (let digit = 0; digit < 6; digit++) {
    sum = digits.charAt(rest % 62) + sum;
    rest = Math.floor(rest / 62);
  }
  return `${body}_${sum}`;
}
