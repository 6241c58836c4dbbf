import { randomUUID } from 'node:crypto';
import { toTenantId } from '../../src/contracts/tenant.js';
import { TenantDatabases } from '../../src/platform/storage/tenant-databases.js';
import { enqueueWork } from '../../src/platform/work-queue/enqueue-work.js';
import { WorkStore } from '../../src/platform/work-queue/work-store.js';
import type { WorkTables } from '../../src/platform/work-queue/work-tables.js';
import { startApp, type RunningApp } from '../support/running-app.js';

const CAPS = {
  TENANT_MAX_API_KEYS: '8',
  TENANT_MAX_INDICATORS: '2',
  TENANT_MAX_DEAD_LETTERS: '2',
  TENANT_MAX_SEARCHES: '1',
  TENANT_MAX_STORAGE_BYTES: String(4 * 1024 * 1024),
};
const KIND = 'test.fails';
const BEARER = { type: 'bearer' } as const;

describe('what one tenant may have', () => {
  let running: RunningApp;
  let admin: string;
  let other: string;
  beforeAll(async () => {
    running = await startApp({ env: CAPS });
    admin = await running.token('acme-corp', 'tenant_admin');
    other = await running.token('globex', 'tenant_admin');
  });
  afterAll(() => running.close());

  const post = (token: string, path: string, body: object) => running.http.post(path).auth(token, BEARER).send(body);
  const makeKey = (token: string, tenant: string) =>
    post(token, `/api/v1/tenants/${tenant}/api-keys`, { principal: `x@${tenant}`, roles: ['viewer'] });
  const bundle = (...values: string[]): object => ({
    type: 'bundle',
    id: `bundle--${randomUUID()}`,
    objects: values.map((value) => ({
      type: 'indicator',
      spec_version: '2.1',
      id: `indicator--${randomUUID()}`,
      created: '2026-11-01T00:00:00Z',
      modified: '2026-11-01T00:00:00Z',
      pattern: `[domain-name:value = '${value}']`,
      pattern_type: 'stix',
      valid_from: '2026-11-01T00:00:00Z',
    })),
  });

  it('TEN-13 API keys are capped; a revoked one makes room, and others are unaffected', async () => {
    await makeKey(admin, 'acme-corp').expect(201);
    const { body: last } = await makeKey(admin, 'acme-corp').expect(201);
    const refused = await makeKey(admin, 'acme-corp').expect(409);
    expect(refused.body).toMatchObject({ type: '/problems/quota-exceeded', quota: 'api_keys', limit: 8 });
    await makeKey(other, 'globex').expect(201);
    await running.http
      .delete(`/api/v1/tenants/acme-corp/api-keys/${String(last.key_id)}`)
      .auth(admin, BEARER)
      .expect(204);
    await makeKey(admin, 'acme-corp').expect(201);
  });

  it('TEN-13 indicators are capped as a bundle, and others are unaffected', async () => {
    const path = '/api/v1/intel/indicators';
    await post(admin, path, bundle('a.example')).expect(200);
    const refused = await post(admin, path, bundle('b.example', 'c.example')).expect(409);
    expect(refused.body).toMatchObject({ type: '/problems/quota-exceeded', quota: 'indicators', limit: 2 });
    await post(admin, path, bundle('b.example')).expect(200);
    await post(other, path, bundle('b.example', 'c.example')).expect(200);
  });

  it('TEN-13 storage is capped before anything is read, nothing acknowledged is lost, and others are unaffected', async () => {
    const noise = (): string => Array.from({ length: 60 }, () => randomUUID()).join('');
    const send = (tenant: string) =>
      running.http
        .post('/api/v1/events')
        .set('X-API-Key', running.apiKey(tenant, 'collector'))
        .send({ source: 'generic', events: Array.from({ length: 200 }, () => ({ message: noise() })) });
    let accepted = 0;
    let answer = await send('acme-corp');
    for (const giveUp = Date.now() + 20_000; answer.status === 202; answer = await send('acme-corp')) {
      accepted += Number(answer.body.accepted);
      if (Date.now() > giveUp) throw new Error('it is never full');
    }
    expect(answer.status).toBe(507);
    expect(answer.body).toMatchObject({ type: '/problems/storage-full', quota: 'storage_bytes', limit: 4 * 1024 * 1024 });
    await send('globex').expect(202);
    const { body } = await running.http.get('/api/v1/accounting').auth(admin, BEARER).expect(200);
    expect(body.hours.reduce((sum: number, hour: { stored: number }) => sum + hour.stored, 0)).toBe(accepted);
  });

  it('TEN-13 searches under way are capped, and others are unaffected', async () => {
    const search = (token: string) => running.http.get('/api/v1/events?q=nothing-like-it').auth(token, BEARER);
    const answers = await Promise.all([...Array.from({ length: 6 }, () => search(admin)), search(other)]);
    const statuses = answers.slice(0, 6).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    expect(answers.find(({ status }) => status === 429)?.headers['retry-after']).toBe('1');
    expect(answers[6]?.status).toBe(200);
    await search(admin).expect(200);
  });

  it('TEN-13 dead letters are capped: work beyond goes on being tried, and is not lost', async () => {
    const tenant = toTenantId('acme-corp');
    const databases = running.app.get(TenantDatabases, { strict: false });
    const store = running.app.get(WorkStore, { strict: false });
    const db = await databases.of<WorkTables>(tenant);
    const items = ['a', 'b', 'c'].map((key) => ({ kind: KIND, key, payload: {}, correlation_id: 'req-1' }));
    await db.transaction().execute((trx) => enqueueWork(trx, items, 0));
    const claimed = await store.claim(tenant, { kind: KIND, limit: 10, holder: 'test/1', failedBefore: false, now: 1 });
    const buried: boolean[] = [];
    for (const item of claimed) buried.push(await store.bury(tenant, item, { error: 'cannot', at: 1, otherwise: 1_000 }));
    expect(buried).toEqual([true, true, false]);
    const rows = await db.selectFrom('work_item').select(['state']).where('kind', '=', KIND).orderBy('state').execute();
    expect(rows.map(({ state }) => state)).toEqual(['dead', 'dead', 'waiting']);
  });
});
