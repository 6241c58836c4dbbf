import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseSync } from 'node:sqlite';
import { toTenantId } from '../../src/contracts/tenant.js';
import { verifyAuditFile } from '../../src/platform/audit/verify-audit-file.js';
import { tenantDirectoryPath } from '../../src/platform/storage/data-directory.js';
import type { ErasureDto } from '../../src/mssp/tenants/tenant-erasure.dto.js';
import { OidcTestIssuer } from '../support/oidc-issuer.js';
import { startApp, type RunningApp } from '../support/running-app.js';

const CANARY = 'canaryxq7f2';
const BEARER = { type: 'bearer' } as const;
const FILTER = `title: ${CANARY}
id: 8f3c3f0e-51a9-4a4e-9d6c-2b8a4b7e6d02
logsource: { product: windows }
filter:
  rules: any
  selection: { User: ${CANARY} }
  condition: selection
`;

/** Files under a directory that hold a text. */
function filesWith(directory: string, text: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile() && readFileSync(path).includes(text));
}

describe("a tenant's life", () => {
  let running: RunningApp;
  let operator: string;
  let provider: OidcTestIssuer;
  let directory: string;
  beforeAll(async () => {
    provider = await OidcTestIssuer.start();
    directory = mkdtempSync(join(tmpdir(), 'gatra-issuers-'));
    const file = join(directory, 'issuers.json');
    const tenants = [{ tenant_id: 'wayne', claim: ['groups'], roles: { soc: 'analyst' } }];
    writeFileSync(file, JSON.stringify({ issuers: [{ issuer: provider.issuer, audience: 'gatra', tenants }] }));
    running = await startApp({ env: { OIDC_ISSUERS_FILE: file } });
    operator = await running.token('platform');
  });
  afterAll(async () => {
    await running.close();
    await provider.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const asOperator = (method: 'get' | 'post' | 'delete', path: string) => running.http[method](path).auth(operator, BEARER);
  const keyOf = async (tenant: string, role: string): Promise<string> => {
    const answer = await asOperator('post', `/api/v1/tenants/${tenant}/api-keys`)
      .send({ principal: `${role}@${tenant}`, roles: [role] })
      .expect(201);
    return answer.body.api_key as string;
  };
  const tokenFor = async (key: string): Promise<string> =>
    (await running.http.post('/api/v1/auth/token').set('X-API-Key', key).expect(200)).body.access_token as string;
  const send = (key: string, message: string) =>
    running.http
      .post('/api/v1/events')
      .set('X-API-Key', key)
      .send({ source: 'generic', events: [{ message, host: CANARY, event_id: `${CANARY}-1`, timestamp: new Date().toISOString() }] });
  const create = (tenant: string) => asOperator('post', '/api/v1/tenants').send({ tenant_id: tenant, name: `Name ${CANARY}` });
  const erased = async (tenant: string): Promise<ErasureDto> => {
    for (const giveUp = Date.now() + 20_000; ;) {
      const { body } = await asOperator('get', `/api/v1/tenants/${tenant}/erasure`).expect(200);
      if (body.state === 'done') return body;
      if (Date.now() > giveUp) throw new Error(`not erased: ${JSON.stringify(body)}`);
      await sleep(100);
    }
  };

  it('TEN-10 R24 create, fill, delete: all of its credentials are refused, nothing of it is left, and the proof says so', async () => {
    await create('initech').expect(201);
    const [collector, admin] = [await keyOf('initech', 'collector'), await keyOf('initech', 'tenant-admin')];
    const token = await tokenFor(admin);
    const { body: list } = await running.http.post('/api/v1/edl/ip/credential').auth(token, BEARER).expect(201);
    const { body: sent } = await send(collector, `hello ${CANARY}`).expect(202);
    const bundle = {
      type: 'bundle',
      id: 'bundle--7c1f1d5a-9c43-4d4e-8f1c-0a4f0c5f0a11',
      objects: [
        {
          type: 'indicator',
          spec_version: '2.1',
          id: 'indicator--7c1f1d5a-9c43-4d4e-8f1c-0a4f0c5f0a12',
          created: '2026-11-01T00:00:00Z',
          modified: '2026-11-01T00:00:00Z',
          pattern: `[domain-name:value = '${CANARY}.example']`,
          pattern_type: 'stix',
          valid_from: '2026-11-01T00:00:00Z',
        },
      ],
    };
    await running.http.post('/api/v1/intel/indicators').auth(token, BEARER).set('Idempotency-Key', `k-${CANARY}`).send(bundle).expect(200);
    await running.http.put('/api/v1/rule-filters').auth(token, BEARER).send({ document: FILTER }).expect(200);
    await asOperator('post', '/api/v1/tenants')
      .set('Idempotency-Key', `again-${CANARY}`)
      .send({ tenant_id: 'initech', name: 'x' })
      .expect(409);
    const files = tenantDirectoryPath(running.dataDir, toTenantId('initech'));
    expect(existsSync(files)).toBe(true);
    expect(filesWith(running.dataDir, CANARY)).not.toEqual([]);

    const { body: tenant } = await asOperator('get', '/api/v1/tenants/initech').expect(200);
    const remove = (query: string, version?: number) =>
      asOperator('delete', `/api/v1/tenants/initech${query}`).set(version === undefined ? {} : { 'If-Match': `"${version}"` });
    expect((await remove('', tenant.version).expect(422)).body.errors[0].pointer).toBe('confirm');
    expect((await remove('?confirm=globex', tenant.version).expect(422)).body.errors[0].pointer).toBe('confirm');
    expect((await remove('?confirm=initech').expect(422)).body.errors[0].pointer).toBe('If-Match');
    await remove('?confirm=initech', tenant.version + 1).expect(409);
    const { body: begun } = await remove('?confirm=initech', tenant.version).expect(202);
    expect(begun).toMatchObject({ tenant_id: 'initech', incarnation: 1, state: 'running', requested_by: { id: 'admin@platform' } });

    // At once, while its data is still being removed.
    expect([401, 403]).toContain((await send(collector, 'late')).status);
    expect([401, 403]).toContain((await running.http.get('/api/v1/alerts').auth(token, BEARER)).status);
    await running.http
      .get(list.url as string)
      .auth(list.username as string, list.password as string)
      .expect(401);
    expect([401, 403]).toContain((await running.http.get('/api/v1/tenants/initech/api-keys').auth(token, BEARER)).status);
    const lateKey = await asOperator('post', '/api/v1/tenants/initech/api-keys').send({ principal: 'x@y', roles: ['viewer'] });
    expect(lateKey.status).toBe(409);
    await asOperator('post', '/api/v1/tenants/initech/resume').expect(409);
    await create('initech').expect(409);
    expect((await remove('?confirm=initech', tenant.version).expect(202)).body).toMatchObject({ incarnation: 1 });

    const proof = await erased('initech');
    expect(proof).toMatchObject({ removed: { data_keys: 2, api_keys: 2 }, scan: { traces: 0, looked_for: 4 } });
    expect(proof.removed?.rows).toMatchObject({
      events: 1,
      batches: 1,
      external_list_credential: 1,
      taa_indicator: 1,
      ada_rule_filters: 1,
    });
    expect(existsSync(files)).toBe(false);
    expect(filesWith(running.dataDir, CANARY)).toEqual([]);
    expect(filesWith(running.dataDir, Buffer.from(CANARY).toString('base64').slice(0, 12))).toEqual([]);
    await asOperator('get', '/api/v1/tenants/initech').expect(404);
    for (const key of [collector, admin]) await running.http.post('/api/v1/auth/token').set('X-API-Key', key).expect(401);

    const platform = join(running.dataDir, 'platform.db');
    expect(verifyAuditFile(platform, 'platform').fault).toBeUndefined();
    const db = new DatabaseSync(platform, { readOnly: true });
    const actions = db.prepare("SELECT action, record FROM audit_log WHERE target_id = 'initech' ORDER BY idx").all();
    db.close();
    expect(actions.map(({ action }) => action)).toEqual(['tenant.created', 'data_key.created', 'tenant.deleting', 'tenant.erased']);
    expect(JSON.parse(String(actions.at(-1)?.['record'])).details).toMatchObject({ requested_by: 'admin@platform', scan: { traces: 0 } });
    expect(sent.accepted).toBe(1);
  });

  it('TEN-10 made again under the same name, nothing of the old tenant is there, and its credentials stay refused', async () => {
    await create('hooli').expect(201);
    const old = await keyOf('hooli', 'tenant-admin');
    const oldToken = await tokenFor(old);
    const { body: first } = await running.http
      .post('/api/v1/events')
      .auth(oldToken, BEARER)
      .set('Idempotency-Key', 'same')
      .send({ source: 'generic', events: [{ message: CANARY, host: CANARY, event_id: 'one' }] })
      .expect(202);
    await running.http.put('/api/v1/rule-filters').auth(oldToken, BEARER).send({ document: FILTER }).expect(200);
    const { body: tenant } = await asOperator('get', '/api/v1/tenants/hooli').expect(200);
    await asOperator('delete', '/api/v1/tenants/hooli?confirm=hooli').set('If-Match', `"${tenant.version}"`).expect(202);
    await erased('hooli');

    await create('hooli').expect(201);
    await running.http.get('/api/v1/alerts').auth(oldToken, BEARER).expect(401);
    await running.http.post('/api/v1/auth/token').set('X-API-Key', old).expect(401);
    const token = await tokenFor(await keyOf('hooli', 'tenant-admin'));
    const { body: page } = await running.http.get('/api/v1/events').auth(token, BEARER).expect(200);
    expect(page.items).toEqual([]);
    const { body: filters } = await running.http.get('/api/v1/rule-filters').auth(token, BEARER).expect(200);
    expect(filters).toMatchObject({ version: 0, document: '', filters: [] });
    await running.http
      .get(`/api/v1/events/${first.batch_id as string}.0`)
      .auth(token, BEARER)
      .expect(404);
    const again = await running.http
      .post('/api/v1/events')
      .auth(token, BEARER)
      .set('Idempotency-Key', 'same')
      .send({ source: 'generic', events: [{ message: 'other', host: CANARY, event_id: 'one' }] })
      .expect(202);
    expect(again.body).toMatchObject({ accepted: 1, duplicates: 0 });
    expect(again.headers['idempotency-replayed']).toBeUndefined();
    await asOperator('delete', '/api/v1/tenants/hooli?confirm=hooli').set('If-Match', '"1"').expect(202);
    expect(await erased('hooli').then(({ incarnation }) => incarnation)).toBe(2);
  });

  it('TEN-10 what an identity provider issued for a deleted tenant opens nothing in one made later under the same name', async () => {
    const issued = (secondsAgo: number): Promise<string> => {
      const at = Math.floor(Date.now() / 1000) - secondsAgo;
      return provider.token({ groups: 'soc', iat: at, auth_time: at });
    };
    const statusWith = async (token: string): Promise<number> => (await running.http.get('/api/v1/alerts').auth(token, BEARER)).status;
    await create('wayne').expect(201);
    const before = await issued(30);
    expect(await statusWith(before)).toBe(200);
    const { body: tenant } = await asOperator('get', '/api/v1/tenants/wayne').expect(200);
    await asOperator('delete', '/api/v1/tenants/wayne?confirm=wayne').set('If-Match', `"${tenant.version}"`).expect(202);
    expect(await statusWith(before)).toBe(401);
    await erased('wayne');
    const between = await issued(0);
    await sleep(1_000);
    await create('wayne').expect(201);
    expect([await statusWith(before), await statusWith(between)]).toEqual([401, 401]);
    await sleep(1_000);
    expect(await statusWith(await issued(0))).toBe(200);
  });

  it('TEN-10 a suspended tenant’s credentials are refused on the platform’s routes too', async () => {
    await create('umbrella').expect(201);
    const token = await tokenFor(await keyOf('umbrella', 'tenant-admin'));
    const list = () => running.http.get('/api/v1/tenants/umbrella/api-keys').auth(token, BEARER);
    await list().expect(200);
    await asOperator('post', '/api/v1/tenants/umbrella/suspend').expect(200);
    expect((await list().expect(403)).body.type).toBe('/problems/tenant-suspended');
    await asOperator('post', '/api/v1/tenants/umbrella/resume').expect(200);
    await list().expect(200);
  });
});
