import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { PipelinePool } from '../../src/agents/pipeline/pipeline-pool.js';
import { toTenantId } from '../../src/contracts/tenant.js';
import { SentEventInspector } from '../../src/contracts/sent-events.js';
import { eventually } from '../support/eventually.js';
import { startApp, type RunningApp } from '../support/running-app.js';

const [LOGIN, LOGOUT, MANY, FILTER] = [1, 2, 3, 4].map((number) => `5b7b2a0e-70a5-4a37-9d3d-6a7c1f6b9a0${number}`) as [
  string,
  string,
  string,
  string,
];
const PATH = '/admin/rules/reload';
/** In different threads of four. */
const TENANTS = ['acme-corp', 'globex'] as const;
const BATCH = 40;

const ruleOf = (id: string, title: string, action: string): string => `title: ${title}
id: ${id}
logsource: { product: shop }
detection: { selection: { action: ${action} }, condition: selection }
level: high
`;
const COUNTED = `title: Three logins
id: ${MANY}
correlation: { type: event_count, rules: ['${LOGIN}'], group-by: [account], timespan: 1h, condition: { gte: 3 }, generate: true }
level: critical
`;
const filterOf = (account: string): string => `title: No ${account}
id: ${FILTER}
logsource: { product: shop }
filter: { rules: ['${LOGIN}'], selection: { account: ${account} }, condition: selection }
`;

interface Found {
  readonly rule: string;
  readonly title: string;
  readonly event: number;
}

describe('the reload of rules', () => {
  let folder: string;
  let running: RunningApp;
  let operator: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatra-reload-'));
    for (const directory of ['rules', 'filters', 'filters/globex']) mkdirSync(join(folder, directory));
    write('login.yml', ruleOf(LOGIN, 'Old login', 'login'));
    running = await startApp({
      env: { GATRA_RULES: join(folder, 'rules'), GATRA_FILTERS: join(folder, 'filters'), INGEST_WORKERS: '4' },
    });
    operator = await running.token('platform');
  });
  afterAll(async () => {
    await running.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const write = (file: string, text: string): void => writeFileSync(join(folder, 'rules', file), text);
  const remove = (file: string): void => rmSync(join(folder, 'rules', file));
  const reload = () => running.http.post(PATH).auth(operator, { type: 'bearer' });
  const reloaded = async () => (await reload().expect(200)).body;
  let sent = 0;
  /** What rules find in events that are not stored. */
  const inspect = async (tenant: string, events: readonly object[]): Promise<readonly Found[]> => {
    const body = new Uint8Array(Buffer.from(JSON.stringify({ source: 'generic', events })));
    const inspector = running.app.get(SentEventInspector, { strict: false });
    const report = await inspector.inspect(toTenantId(tenant), { batch_id: `sent-${sent++}`, received_at: Date.now(), body });
    expect(report.inspected).toBe(events.length);
    return report.detections
      .filter(({ detector }) => detector === 'sigma')
      .map(({ rule, event_index: event }) => ({ rule: rule.id, title: rule.title, event }));
  };
  const titles = async (tenant: string, account = 'ann', action = 'login'): Promise<readonly string[]> =>
    (await inspect(tenant, [{ product: 'shop', action, account }])).map(({ title }) => title);
  const catalog = async (tenant: string): Promise<readonly { id: string; title: string }[]> => {
    const token = await running.token(tenant, 'viewer');
    return (await running.http.get('/api/v1/rules?limit=500').auth(token, { type: 'bearer' }).expect(200)).body.items;
  };

  it('R02 under load every event meets the old or the new rules, and none is lost or refused', async () => {
    const over = new AbortController();
    const stored = new Map<string, number>();
    const refused: number[] = [];
    const seen: string[] = [];
    const load = async (tenant: string): Promise<void> => {
      while (!over.signal.aborted) {
        const events = Array.from({ length: BATCH }, (_, n) => ({ product: 'shop', action: 'login', n, at: sent++ }));
        const key = running.apiKey(tenant, 'collector');
        const { status, body } = await running.http.post('/api/v1/events').set('X-API-Key', key).send({ source: 'generic', events });
        if (status !== 202 || body.accepted !== BATCH || body.inspected !== true) refused.push(status);
        stored.set(tenant, (stored.get(tenant) ?? 0) + BATCH);
      }
    };
    const look = async (tenant: string): Promise<void> => {
      while (!over.signal.aborted) {
        const events = Array.from({ length: BATCH }, (_, n) => ({ product: 'shop', action: 'login', n, at: sent++ }));
        const found = await inspect(tenant, events);
        expect(found.map(({ rule, event }) => [rule, event])).toEqual(events.map((_, n) => [LOGIN, n]));
        seen.push(...found.map(({ title }) => title));
      }
    };
    const working = Promise.all(TENANTS.flatMap((tenant) => [load(tenant), look(tenant)]));
    const generations: number[] = [];
    for (const title of ['Login 1', 'Login 2', 'Login 3', 'New login']) {
      await sleep(100);
      write('login.yml', ruleOf(LOGIN, title, 'login'));
      const { generation, added, removed, changed } = await reloaded();
      generations.push(generation);
      expect([added, removed, changed]).toEqual([
        { count: 0, ids: [] },
        { count: 0, ids: [] },
        { count: 1, ids: [LOGIN] },
      ]);
    }
    over.abort();
    await working;
    expect(refused).toEqual([]);
    expect(generations).toEqual([2, 3, 4, 5]);
    expect(new Set(seen)).toEqual(new Set(['Old login', 'Login 1', 'Login 2', 'Login 3', 'New login'].filter((one) => seen.includes(one))));
    expect(new Set(seen).size).toBeGreaterThan(2);
    for (const tenant of TENANTS) {
      expect(await titles(tenant)).toEqual(['New login']);
      const token = await running.token(tenant, 'tenant_admin');
      const { hours } = (await running.http.get('/api/v1/accounting').auth(token, { type: 'bearer' }).expect(200)).body;
      const account = (hours as { stored: number }[]).reduce((sum, hour) => sum + hour.stored, 0);
      expect([tenant, account]).toEqual([tenant, stored.get(tenant)]);
    }
  }, 60_000);

  it('answers what it changed, and the catalogue, issues, liveness and filters are those of the new rules', async () => {
    write('logout.yml', ruleOf(LOGOUT, 'Logout', 'logout'));
    write('broken.yml', 'title: [');
    writeFileSync(join(folder, 'filters/globex/own.yml'), filterOf('ann'));
    expect(await titles('globex')).toEqual(['New login']);
    const { unchanged, ...first } = await reloaded();
    expect(first).toEqual({
      generation: 6,
      added: { count: 1, ids: [LOGOUT] },
      removed: { count: 0, ids: [] },
      changed: { count: 0, ids: [] },
      failed: 1,
    });
    expect(unchanged).toBeGreaterThan(100);
    expect([await titles('acme-corp'), await titles('globex'), await titles('globex', 'bob')]).toEqual([['New login'], [], ['New login']]);
    expect(await titles('globex', 'ann', 'logout')).toEqual(['Logout']);
    expect((await catalog('acme-corp')).map(({ id }) => id)).toEqual(expect.arrayContaining([LOGIN, LOGOUT]));
    expect((await catalog('globex')).map(({ id }) => id)).toContain(FILTER);
    const token = await running.token('acme-corp', 'tenant_admin');
    const get = async (path: string) => (await running.http.get(path).auth(token, { type: 'bearer' }).expect(200)).body.items;
    expect(await get('/api/v1/rule-issues')).toMatchObject([{ path: expect.stringMatching(/broken\.yml$/) }]);
    expect(await get(`/api/v1/rule-liveness?rule_id=${LOGOUT}`)).toMatchObject([{ state: 'live' }]);
    remove('logout.yml');
    remove('broken.yml');
    rmSync(join(folder, 'filters/globex/own.yml'));
    expect(await reloaded()).toMatchObject({ generation: 7, removed: { count: 1, ids: [LOGOUT] }, unchanged, failed: 0 });
    expect(await get(`/api/v1/rule-liveness?rule_id=${LOGOUT}`)).toEqual([]);
    expect([await titles('globex'), await titles('globex', 'ann', 'logout')]).toEqual([['New login'], []]);
  });

  it('keeps filters that a tenant has sent, and what correlations have counted', async () => {
    const analyst = await running.token('globex', 'analyst');
    const put = running.http.put('/api/v1/rule-filters').auth(analyst, { type: 'bearer' });
    await put.send({ document: filterOf('backup') }).expect(200);
    write('many.yml', COUNTED);
    expect((await reloaded()).added.ids).toEqual([MANY]);
    expect([await titles('globex', 'backup'), await titles('acme-corp', 'backup')]).toEqual([[], ['New login']]);
    expect([await titles('acme-corp', 'eve'), await titles('acme-corp', 'eve')]).toEqual([['New login'], ['New login']]);
    write('login.yml', ruleOf(LOGIN, 'Newer login', 'login'));
    expect((await reloaded()).changed.ids).toEqual([LOGIN]);
    expect([...(await titles('acme-corp', 'eve'))].sort()).toEqual(['Newer login', 'Three logins']);
    remove('many.yml');
    expect((await reloaded()).removed.ids).toEqual([MANY]);
    expect(await titles('acme-corp', 'eve')).toEqual(['Newer login']);
  });

  it('R02 files that cannot be read, or hold no rule, leave the rules before in force; a thread that is lost comes back with them', async () => {
    const before = await catalog('acme-corp');
    write('login.yml', ruleOf(LOGIN, 'Never', 'login'));
    write('half.tar.gz', 'half of an archive');
    const { body } = await reload().expect(422);
    expect(body).toMatchObject({ type: expect.stringContaining('invalid'), errors: [{ code: 'unreadable_rules' }] });
    expect(body.errors[0].detail).toContain(join(folder, 'rules'));
    const isUnchanged = async (): Promise<void> => {
      expect(await catalog('acme-corp')).toEqual(before);
      for (const tenant of TENANTS) expect(await titles(tenant, 'bob')).toEqual(['Newer login']);
    };
    await isUnchanged();
    const pool = running.app.get(PipelinePool, { strict: false });
    for (const thread of Reflect.get(pool, 'threads') as { worker: Worker }[]) await thread.worker.terminate();
    await eventually(() => expect(pool.isRunning).toBe(true));
    await isUnchanged();
    remove('half.tar.gz');
    const generation: number = (await reloaded()).generation;
    for (const tenant of TENANTS) expect(await titles(tenant, 'bob')).toEqual(['Never']);
    for (const thread of Reflect.get(pool, 'threads') as { worker: Worker }[]) await thread.worker.terminate();
    await eventually(() => expect(pool.isRunning).toBe(true));
    for (const tenant of TENANTS) expect(await titles(tenant, 'bob')).toEqual(['Never']);
    expect((await reloaded()).generation).toBe(generation + 1);
  }, 60_000);

  it('only operators reload, one at a time, and the audit log has it', async () => {
    const admin = await running.token('globex', 'tenant_admin');
    await running.http.post(PATH).auth(admin, { type: 'bearer' }).expect(403);
    const answers = await Promise.all([reload(), reload()]);
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409]);
    const log = await running.http
      .get('/admin/audit?action=rules.reload_asked&action=rules.reloaded&sort=-index&limit=4')
      .auth(operator, { type: 'bearer' })
      .expect(200);
    const { generation } = answers.find(({ status }) => status === 200)?.body ?? {};
    const records = (log.body.items as { action: string; outcome: string; details?: object }[]).map((item) => [
      item.action,
      item.outcome,
      item.details,
    ]);
    expect(records).toHaveLength(4);
    expect(records.filter(([action]) => action === 'rules.reload_asked').map(([, outcome]) => outcome)).toEqual(['success', 'success']);
    expect(records).toContainEqual(['rules.reloaded', 'success', expect.objectContaining({ generation, added: 0, failed: 0 })]);
    expect(records).toContainEqual(['rules.reloaded', 'failure', { reason: expect.stringContaining('being') }]);
  });
});
