import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TenantDto } from '../../src/mssp/tenants/tenant.dto.js';
import { startApp, type RunningApp } from '../support/running-app.js';

type Content = { tenants: Record<string, unknown>[] };

describe('the tenants file', () => {
  let directory: string;
  let file: string;
  let running: RunningApp;
  let operator: string;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'gatra-tenants-'));
    file = join(directory, 'tenants.json');
    writeFileSync(file, readFileSync('config/gatra_multitenant_config.json'));
    running = await startApp({ env: { GATRA_CONFIG: file } });
    operator = await running.token('platform');
  });
  afterAll(async () => {
    await running.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const content = (): Content => JSON.parse(readFileSync(file, 'utf8')) as Content;
  /** Replaces the file at once, as editors and orchestrators do, without the watcher being faster than the request that follows. */
  const write = (text: string): void => {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  };
  const change = (id: string, changes: object): void => {
    const { tenants } = content();
    write(JSON.stringify({ tenants: tenants.map((tenant) => (tenant['tenant_id'] === id ? { ...tenant, ...changes } : tenant)) }));
  };
  const ask = (method: 'get' | 'post' | 'patch' | 'delete', path: string) => running.http[method](path).auth(operator, { type: 'bearer' });
  const tenant = async (id: string): Promise<TenantDto> => (await ask('get', `/api/v1/tenants/${id}`).expect(200)).body as TenantDto;
  const reload = async (): Promise<Record<string, string[]>> =>
    (await ask('post', '/admin/tenants/reload').expect(200)).body as Record<string, string[]>;
  const until = async (done: () => Promise<boolean>): Promise<void> => {
    for (const giveUp = Date.now() + 10_000; !(await done());) {
      if (Date.now() > giveUp) throw new Error('the change was not taken up');
      await sleep(50);
    }
  };

  it('R23 is taken up by itself when it changes, and by request; tenants are added and changed without a restart', async () => {
    change('globex', { name: 'Globex by file' });
    await until(async () => (await tenant('globex')).name === 'Globex by file');
    const { tenants } = content();
    write(JSON.stringify({ tenants: [...tenants, { ...tenants[1], tenant_id: 'stark', name: 'Stark' }] }));
    const { added, unchanged } = await reload();
    await until(async () => (await ask('get', '/api/v1/tenants/stark')).status === 200);
    expect([...(added ?? []), ...(unchanged ?? [])]).toContain('stark');
    expect(await reload()).toEqual({ added: [], changed: [], unchanged: ['acme-corp', 'globex', 'stark'], deleted: [] });
  });

  it('R23 of each setting the later change holds, by the file or by the API', async () => {
    const { version } = await tenant('globex');
    await ask('patch', '/api/v1/tenants/globex').set('If-Match', `"${version}"`).send({ name: 'Globex by API' }).expect(200);
    change('globex', { features: { advanced_ml: true, auto_containment: true } });
    await reload();
    expect(await tenant('globex')).toMatchObject({ name: 'Globex by API', features: { advanced_ml: true, auto_containment: true } });
    change('globex', { name: 'Globex once more' });
    await reload();
    expect(await tenant('globex')).toMatchObject({ name: 'Globex once more', features: { auto_containment: true } });
  });

  it('R23 one that is not valid changes nothing, and the answer says where it is wrong', async () => {
    const good = readFileSync(file, 'utf8');
    const before = await tenant('globex');
    change('globex', { name: 'Never', rate_limits: { ingest_eps: 0, alerts_per_min: 1 } });
    const schema = await ask('post', '/admin/tenants/reload').expect(422);
    expect(schema.body.errors).toEqual([expect.objectContaining({ pointer: '/tenants/1/rate_limits/ingest_eps', code: 'minimum' })]);
    write('{\n  "tenants": [\n    {,}\n  ]\n}\n');
    const syntax = await ask('post', '/admin/tenants/reload').expect(422);
    expect(syntax.body.errors).toEqual([{ pointer: '', code: 'malformed_json', detail: 'cannot be read as JSON (line 3 column 6)' }]);
    expect(await tenant('globex')).toEqual(before);
    write(good);
    await reload();
    expect(await tenant('globex')).toEqual(before);
  });

  it('R23 R24 a tenant that an operator deleted is not brought back by the file', async () => {
    await until(async () => (await ask('get', '/api/v1/tenants/stark')).status === 200);
    const { version } = await tenant('stark');
    await ask('delete', '/api/v1/tenants/stark?confirm=stark').set('If-Match', `"${version}"`).expect(202);
    expect((await reload())['deleted']).toEqual(['stark']);
    await until(async () => (await ask('get', '/api/v1/tenants/stark')).status === 404);
    change('stark', { name: 'Stark again' });
    expect((await reload())['deleted']).toEqual(['stark']);
    await ask('get', '/api/v1/tenants/stark').expect(404);
  });

  it('R23 the API changes every setting of a tenant', async () => {
    const { version } = await tenant('acme-corp');
    const changes = {
      name: 'Acme',
      bigquery_dataset: 'gatra_acme_2',
      pubsub_topic: 'gatra-acme-2',
      rate_limits: { ingest_eps: 7, ingest_burst: 70, alerts_per_min: 9 },
      features: { advanced_ml: true, auto_containment: true },
      critical_entities: ['dc-9'],
      webhooks: { notify_url: 'https://hooks.example/notify', ticket_url: null, actuator_url: null },
    };
    await ask('patch', '/api/v1/tenants/acme-corp').set('If-Match', `"${version}"`).send(changes).expect(200);
    expect(await tenant('acme-corp')).toMatchObject(changes);
  });

  it('only operators reload it', async () => {
    const admin = await running.token('globex', 'tenant_admin');
    await running.http.post('/admin/tenants/reload').auth(admin, { type: 'bearer' }).expect(403);
  });
});
