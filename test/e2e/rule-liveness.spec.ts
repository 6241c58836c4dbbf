import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { load } from 'js-yaml';
import { gatherDetection } from '../../src/ada/adapters/gather-detection.js';
import { PipelinePool } from '../../src/agents/pipeline/pipeline-pool.js';
import { RuleSetInForce } from '../../src/agents/pipeline/rule-set.js';
import { toTenantId } from '../../src/contracts/tenant.js';
import { tenantDirectoryPath } from '../../src/platform/storage/data-directory.js';
import { eventually } from '../support/eventually.js';
import { startApp, type RunningApp } from '../support/running-app.js';

const ACME = 'acme-corp';
const GLOBEX = 'globex';
const PATH = '/api/v1/rule-liveness';
const STARTER = join(__dirname, '../../config/rules');
const RULES = readdirSync(STARTER, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yml'))
  .map((file) => load(readFileSync(join(STARTER, file), 'utf8')) as { id: string; level: string });

/** Metrics of what came in and what was found. */
const RECEIVED = /^(?:events_(?!files)|anomalies_detected|accounting_|correlation_losses|triage_|stored_events|alert_).*$/gm;

interface Live {
  readonly rule_id: string;
  readonly state: string;
  readonly level: string | null;
  readonly last_live_at: string | null;
  readonly derived: boolean;
  readonly faults: readonly { readonly test: string; readonly reason: string }[];
}

const shopRule = (number: number, action: string, sample = action): string => `title: The shop sees ${action}
id: 3f7b2a0e-70a5-4a37-9d3d-6a7c1f6b9a${String(number).padStart(2, '0')}
status: test
author: tests
logsource: { product: shop }
detection: { selection: { action: ${action} }, condition: selection }
level: high
tests:
  - { name: it happens, matches: true, events: [{ product: shop, action: ${sample} }] }
  - { name: it does not, matches: false, events: [{ product: shop, action: else }] }
`;
const idOf = (number: number): string => `3f7b2a0e-70a5-4a37-9d3d-6a7c1f6b9a${String(number).padStart(2, '0')}`;

describe('rules that are shown to be alive', () => {
  let folder: string;
  let app: RunningApp;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatra-liveness-'));
    mkdirSync(join(folder, 'rules'));
    for (const number of [1, 2, 3]) writeFileSync(join(folder, 'rules', `${number}.yml`), shopRule(number, `step-${number}`));
    writeFileSync(join(folder, 'rules', 'wrong.yml'), shopRule(4, 'step-4', 'something-other'));
    writeFileSync(join(folder, 'rules', 'noisy.yml'), shopRule(5, 'else'));
    writeFileSync(
      join(folder, 'rules', 'bare.yml'),
      shopRule(6, 'step-6').split('tests:')[0]?.replace('action: step', 'action|re: step') ?? '',
    );
    writeFileSync(join(folder, 'rules', 'derived.yml'), shopRule(7, 'step-7').split('tests:')[0] ?? '');
    app = await startApp({ env: { GATRA_RULES: join(folder, 'rules') } });
  });
  afterAll(async () => {
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const tokens = new Map<string, Promise<string>>();
  const as = async (tenant: string, role = 'analyst'): Promise<{ Authorization: string }> => {
    const token = tokens.get(`${tenant} ${role}`) ?? app.token(tenant, role);
    tokens.set(`${tenant} ${role}`, token);
    return { Authorization: `Bearer ${await token}` };
  };
  const get = async (tenant: string, path: string, role = 'tenant_admin') =>
    (
      await app.http
        .get(path)
        .set(await as(tenant, role))
        .expect(200)
    ).body;
  const check = async (tenant: string) =>
    (
      await app.http
        .post(PATH)
        .set(await as(tenant))
        .expect(200)
    ).body;
  const listed = async (tenant: string, query = ''): Promise<readonly Live[]> => {
    const found: Live[] = [];
    for (let cursor = ''; ;) {
      const page = await get(tenant, `${PATH}?limit=50${cursor}${query}`);
      found.push(...page.items);
      if (page.next_cursor === null) return found;
      cursor = `&cursor=${page.next_cursor}`;
    }
  };
  const states = async (tenant: string, ...ids: readonly string[]): Promise<readonly string[]> => {
    const all = new Map((await listed(tenant)).map((rule) => [rule.rule_id, rule.state]));
    return ids.map((id) => all.get(id) ?? 'not there');
  };
  const send = (tenant: string, events: readonly object[], source = 'generic') =>
    app.http.post('/api/v1/events').set('X-API-Key', app.apiKey(tenant, 'collector')).send({ source, events }).expect(202);
  /** Everything that an analyst could see a canary in. */
  const views = async (tenant: string) => ({
    alerts: await get(tenant, '/api/v1/alerts?limit=500'),
    incidents: await get(tenant, '/api/v1/incidents?limit=500'),
    events: (await get(tenant, '/api/v1/events?limit=500')).items,
    accounting: (await get(tenant, '/api/v1/accounting')).hours,
    metrics: (await app.http.get('/metrics').set(await as('platform', ''))).text.match(RECEIVED)?.sort(),
    files: readdirSync(tenantDirectoryPath(app.dataDir, toTenantId(tenant))).filter((name) => name.startsWith('events')),
  });

  it('R02 finds every starter rule live, and says which of the others are not, and why', async () => {
    const all = await listed(ACME);
    const ids = all.map(({ rule_id: id }) => id);
    expect(ids).toEqual([...ids].sort());
    const live = new Set(all.filter(({ state }) => state === 'live').map(({ rule_id: id }) => id));
    expect(RULES.length).toBeGreaterThan(100);
    expect(RULES.filter(({ id }) => !live.has(id))).toEqual([]);
    expect(all.filter(({ derived }) => derived)).toMatchObject([{ rule_id: idOf(7), state: 'live' }]);
    expect(live.size).toBe(RULES.length + 4);
    expect(all.filter(({ state }) => state === 'silent')).toMatchObject([
      { rule_id: idOf(4), last_live_at: null, faults: [{ test: 'it happens', event: 0, reason: 'not_matched' }] },
    ]);
    expect(await listed(ACME, '&state=noisy')).toMatchObject([{ rule_id: idOf(5), faults: [{ test: 'it does not', reason: 'matched' }] }]);
    const without = all.filter(({ state }) => state === 'no_sample').map(({ rule_id: id }) => id);
    expect(without).toContain(idOf(6));
    expect(without.filter((id) => id !== idOf(6) && !id.startsWith('gatra.'))).toEqual([]);
    expect(await check(ACME)).toMatchObject({ live: live.size, silent: 1, noisy: 1, filtered: 0, no_sample: without.length });
    expect(await listed(ACME, `&rule_id=${idOf(1)}&rule_id=${idOf(4)}&state=live`)).toMatchObject([{ rule_id: idOf(1), level: 'high' }]);
  });

  it('shows a canary in no view of anybody: no alert, incident, event, account, metric or file', async () => {
    await send(ACME, [{ product: 'shop', action: 'nothing', marker: 'real' }]);
    const before = await views(ACME);
    expect(before.alerts.items).toEqual([]);
    expect(before.events).toHaveLength(1);
    for (let times = 0; times < 3; times += 1) await check(ACME);
    expect(await views(ACME)).toEqual(before);
    await check(GLOBEX);
    expect((await views(GLOBEX)).files).toEqual([]);
    expect(await views(ACME)).toEqual(before);
  });

  it('takes no event of a tenant for a canary, whatever it says of itself', async () => {
    const forged = { product: 'shop', action: 'step-1' };
    const marks = { canary: true, gatra_canary: 'true', batch_id: 'canary', event: { kind: 'canary' }, op: 'canaries', isTogether: false };
    await check(ACME);
    await send(ACME, [forged, { ...forged, ...marks }]);
    await app.http
      .post('/api/v1/events?source=generic&op=canaries')
      .set('X-API-Key', app.apiKey(ACME, 'collector'))
      .set('X-Gatra-Canary', '1')
      .set('Content-Type', 'application/x-ndjson')
      .send(`${JSON.stringify({ ...forged, again: 1 })}\n`)
      .expect(202);
    const { items } = await get(ACME, `/api/v1/alerts?rule_id=${idOf(1)}&limit=500`);
    expect(items).toHaveLength(3);
  });

  it('tells of a rule that a tenant filters itself, of that tenant alone, from the change on, and once in its audit log', async () => {
    await check(GLOBEX);
    const document = `title: No steps
id: 1f7b2a0e-70a5-4a37-9d3d-6a7c1f6b9a77
logsource: { product: shop }
filter: { rules: ['${idOf(2)}'], selection: { action: step-2 }, condition: selection }
`;
    await app.http
      .put('/api/v1/rule-filters')
      .set(await as(GLOBEX))
      .send({ document })
      .expect(200);
    for (let times = 0; times < 2; times += 1) await check(GLOBEX);
    await check(ACME);
    expect([await states(GLOBEX, idOf(1), idOf(2)), await states(ACME, idOf(1), idOf(2))]).toEqual([
      ['live', 'filtered'],
      ['live', 'live'],
    ]);
    const filtered = async (tenant: string) =>
      (await get(tenant, '/api/v1/audit?action=rules.not_live&limit=500')).items
        .flatMap(({ details }: { details: { rules: readonly { rule_id: string; state: string }[] } }) => details.rules)
        .filter(({ state }: { state: string }) => state === 'filtered');
    expect([await filtered(GLOBEX), await filtered(ACME)]).toEqual([[{ rule_id: idOf(2), state: 'filtered' }], []]);
    await app.http
      .delete('/api/v1/rule-filters')
      .set(await as(GLOBEX))
      .expect(204);
    await check(GLOBEX);
    expect(await states(GLOBEX, idOf(2))).toEqual(['live']);
  });

  it('lets readers read and analysts ask, and collectors neither', async () => {
    await app.http
      .get(PATH)
      .set(await as(ACME, 'collector'))
      .expect(403);
    await app.http
      .get(PATH)
      .set(await as(ACME, 'viewer'))
      .expect(200);
    await app.http
      .post(PATH)
      .set(await as(ACME, 'viewer'))
      .expect(403);
    await app.http.post(PATH).expect(401);
    for (const query of ['state=dead', 'limit=0', 'cursor=x', `rule_id=${'x'.repeat(513)}`]) {
      const { status } = await app.http.get(`${PATH}?${query}`).set(await as(ACME));
      expect([query, [400, 422].includes(status)]).toEqual([query, true]);
    }
  });

  it('finds silent what a thread does not read that is started again, and live once it does, without being asked', async () => {
    const pool = app.app.get(PipelinePool, { strict: false });
    const isSeen = async (state: string): Promise<void> =>
      eventually(async () => expect(await states(ACME, idOf(3), idOf(1))).toEqual([state, 'live']), 30_000);
    const restart = async (): Promise<void> => {
      const [thread] = Reflect.get(pool, 'threads') as { worker: Worker }[];
      await thread?.worker.terminate();
    };
    await isSeen('live');
    const rules = app.app.get(RuleSetInForce, { strict: false });
    const sound = rules.current;
    const files = readdirSync(join(folder, 'rules')).filter((name) => name !== '3.yml');
    const texts = await gatherDetection({ rules: [STARTER, ...files.map((name) => join(folder, 'rules', name))], filters: null });
    rules.current = { ...sound, texts };
    await restart();
    await isSeen('silent');
    const { items } = await get(ACME, '/api/v1/audit?action=rules.not_live&sort=-index&limit=1');
    expect(items).toMatchObject([{ details: { rules: [{ rule_id: idOf(3), state: 'silent' }] }, target: { id: idOf(3) } }]);
    const metrics = (await app.http.get('/metrics').set(await as('platform', ''))).text;
    expect(/^rules_not_live\{state="silent"\} (\d+)$/m.exec(metrics)?.[1]).toMatch(/^[2-4]$/);
    rules.current = sound;
    await restart();
    await isSeen('live');
  });
});
