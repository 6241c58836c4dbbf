import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TrialThread } from '../../src/agents/backtest/trial-thread.js';
import { RuleTrials } from '../../src/ada/domain/backtest/rule-trials.js';
import { eventually } from '../support/eventually.js';
import { GatedTrials } from '../support/gated-trials.js';
import { startApp, type RunningApp } from '../support/running-app.js';

const RULE = '2f4b2a0e-70a5-4a37-9d3d-6a7c1f6b9a02';
const LOGINS = `title: Login of the shop
id: ${RULE}
logsource: { product: shop }
detection: { selection: { action: login, account|re: '^[a-z]+$' }, condition: selection }
level: high
`;
/** Of all tenants, and of one. */
const filterOf = (account: string): string => `title: Logins of ${account}
id: ${randomUUID()}
logsource: { product: shop }
filter: { rules: [${RULE}], selection: { account: ${account} }, condition: selection }
`;
const PATH = '/api/v1/rule-backtests';
const ACME = 'acme-corp';
const START = Date.UTC(2026, 2, 1);
const DAY = 86_400_000;
const DAYS = 5;
const BATCHES = 8;
const EVENTS = 500;
const ACCOUNTS = ['ann', 'bob', 'cron', 'backup', 'c3po'];

interface Result {
  readonly backtest_id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly started_at: string | null;
  readonly progress: { readonly events_scanned: number; readonly events_about: number | null };
  readonly rules: readonly {
    readonly id: string;
    readonly events: number;
    readonly matches: number;
    readonly filtered: number;
    readonly us_per_event: number;
    readonly interval: string;
    readonly by_time: readonly { readonly start: string; readonly matches: number }[];
    readonly hosts: readonly { readonly value: string; readonly count: number }[];
    readonly sample_event_ids: readonly string[];
  }[];
}

/** 800 events a day: logins of five accounts on three hosts, searches between them, and events of something else. */
function eventsOf(batch: number): object[] {
  return Array.from({ length: EVENTS }, (_, at) => {
    const n = batch * EVENTS + at;
    const timestamp = new Date(START + (n * DAYS * DAY) / (BATCHES * EVENTS)).toISOString();
    if (n % 4 === 3) return { product: 'crm', action: 'login', account: 'ann', n, timestamp };
    const account = ACCOUNTS[Math.floor(n / 20) % ACCOUNTS.length];
    return { product: 'shop', action: n % 20 === 0 ? 'login' : 'search', account, host: `web-${n % 3}`, n, timestamp };
  });
}

describe('back-tests of rules over HTTP', () => {
  let folder: string;
  let env: Record<string, string>;
  let running: RunningApp;
  let gated: GatedTrials;
  const tokens = new Map<string, string>();

  const start = async (dataDir?: string): Promise<void> => {
    running = await startApp({
      env,
      ...(dataDir !== undefined && { dataDir }),
      adjust: (builder) =>
        builder
          .overrideProvider(RuleTrials)
          .useFactory({ inject: [TrialThread], factory: (trials: TrialThread) => (gated = new GatedTrials(trials)) }),
    });
    for (const tenant of [ACME, 'globex']) {
      for (const role of ['viewer', 'analyst', 'responder']) tokens.set(`${tenant} ${role}`, await running.token(tenant, role));
    }
  };
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatra-backtests-'));
    writeFileSync(join(folder, 'rules.yml'), `${LOGINS}---\n${filterOf('cron')}`);
    env = { GATRA_RULES: join(folder, 'rules.yml') };
    await start();
    await running.http
      .put('/api/v1/rule-filters')
      .set(...as(`${ACME} analyst`))
      .send({ document: filterOf('backup') })
      .expect(200);
    for (const tenant of [ACME, 'globex']) {
      for (let batch = 0; batch < BATCHES; batch += 1) {
        const { body } = await running.http
          .post('/api/v1/events')
          .set('X-API-Key', running.apiKey(tenant, 'collector'))
          .send({ source: 'generic', events: eventsOf(batch) })
          .expect(202);
        expect(body).toMatchObject({ accepted: EVENTS, inspected: true });
      }
    }
  });
  afterAll(async () => {
    await gated.close();
    await running.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const as = (who: string): [string, string] => ['Authorization', `Bearer ${tokens.get(who)}`];
  const post = (body: object, who = `${ACME} analyst`) =>
    running.http
      .post(PATH)
      .set(...as(who))
      .send(body);
  const get = (id: string, who = `${ACME} analyst`) => running.http.get(`${PATH}/${id}`).set(...as(who));
  const remove = (id: string, who = `${ACME} analyst`) => running.http.delete(`${PATH}/${id}`).set(...as(who));
  const span = (days: number) => ({ from: new Date(START).toISOString(), to: new Date(START + days * DAY - 1).toISOString() });

  async function begin(body: object, who?: string): Promise<string> {
    const answer = await post(body, who).expect(202);
    return String(answer.body.backtest_id);
  }

  async function ended(id: string, who?: string): Promise<Result> {
    let result: Result | undefined;
    await eventually(async () => {
      result = (await get(id, who).expect(200)).body as Result;
      expect(['done', 'failed', 'cancelled']).toContain(result.state);
    }, 30_000);
    return result as Result;
  }

  /** Ids of the events of some days that the rule in force has matched. */
  async function detected(tenant: string, days: number): Promise<Set<string>> {
    const found = new Set<string>();
    for (let cursor: string | null = ''; cursor !== null;) {
      const query = new URLSearchParams({ rule_id: RULE, limit: '500', ...span(days), ...(cursor && { cursor }) });
      const { body } = await running.http.get(`/api/v1/events?${String(query)}`).set(...as(`${tenant} viewer`));
      for (const { event_id } of body.items) found.add(String(event_id));
      cursor = body.next_cursor as string | null;
    }
    return found;
  }

  const alerts = async (): Promise<string> => {
    const { body } = await running.http.get('/api/v1/alerts?limit=500').set(...as(`${ACME} viewer`));
    return JSON.stringify(body.items.map(({ alert_id, evidence }: Record<string, unknown>) => [alert_id, evidence]).sort());
  };

  it('R02 finds exactly what the rule in force has found, filters of all tenants and of this one included, and raises no alert', async () => {
    const before = await alerts();
    for (const [tenant, days] of [
      [ACME, DAYS],
      [ACME, 1],
      ['globex', DAYS],
    ] as const) {
      const live = await detected(tenant, days);
      const { state, progress, rules } = await ended(
        await begin({ document: LOGINS, ...span(days) }, `${tenant} analyst`),
        `${tenant} analyst`,
      );
      const [rule] = rules;
      expect([state, progress.events_scanned, progress.events_about]).toEqual([
        'done',
        BATCHES * EVENTS * (days / DAYS),
        BATCHES * EVENTS * (days / DAYS),
      ]);
      expect([rule?.id, rule?.matches, rule?.events]).toEqual([RULE, live.size, progress.events_scanned * 0.75]);
      expect(live.size).toBeGreaterThan(0);
      if (days === 1) expect(new Set(rule?.sample_event_ids)).toEqual(live);
      expect(rule?.sample_event_ids.filter((id) => !live.has(id))).toEqual([]);
      expect(rule?.sample_event_ids).toHaveLength(Math.min(50, live.size));
      expect(rule?.by_time.reduce((sum, { matches }) => sum + matches, 0)).toBe(live.size);
      expect(rule?.interval).toBe(days === 1 ? 'hour' : 'day');
      expect(rule?.by_time).toHaveLength(days === 1 ? 8 : DAYS);
      expect(rule?.hosts.reduce((sum, { count }) => sum + count, 0)).toBe(live.size);
      expect(rule?.us_per_event).toBeGreaterThan(0);
      expect(rule?.filtered).toBeGreaterThan(0);
    }
    expect(await alerts()).toBe(before);
  });

  it('tries rules that are not in force, several at once with filters of their own, and names events that can be read', async () => {
    const other = LOGINS.replace(RULE, randomUUID()).replace('action: login', "action: 'sea*'").replace('Login', 'Search');
    const own = `title: No search of ann
logsource: { product: shop }
filter: { rules: any, selection: { account: ann, action: search }, condition: selection }
`;
    const { state, rules } = await ended(await begin({ document: `${LOGINS}---\n${other}---\n${own}`, ...span(DAYS) }));
    const [logins, searches] = rules;
    expect(state).toBe('done');
    expect(searches?.matches).toBeGreaterThan(logins?.matches ?? Infinity);
    expect(searches?.filtered).toBeGreaterThan(0);
    for (const id of searches?.sample_event_ids.slice(0, 3) ?? []) {
      const { body } = await running.http
        .get(`/api/v1/events/${id}`)
        .set(...as(`${ACME} viewer`))
        .expect(200);
      expect(body.original).toMatchObject({ product: 'shop', action: 'search' });
      expect(body.original.account).not.toBe('ann');
    }
  });

  it('lists them, the newest first, in pages, to the tenant that they are of', async () => {
    const ids = [await begin({ document: LOGINS, ...span(1) }), await begin({ document: LOGINS, ...span(1) })];
    for (const id of ids) await ended(id);
    const first = await running.http.get(`${PATH}?limit=1`).set(...as(`${ACME} analyst`));
    const second = await running.http.get(`${PATH}?limit=1&cursor=${first.body.next_cursor}`).set(...as(`${ACME} analyst`));
    expect([first, second].flatMap(({ body }) => body.items.map((item: Result) => item.backtest_id))).toEqual(ids.toReversed());
    expect(first.body.items[0]).not.toHaveProperty('document');
    const { body } = await running.http.get(`${PATH}?limit=500`).set(...as('globex analyst'));
    expect(body.items.filter((item: Result) => ids.includes(item.backtest_id))).toEqual([]);
  });

  it('is nothing to another tenant, nor to those who may not write rules', async () => {
    const id = await begin({ document: LOGINS, ...span(1) });
    await ended(id);
    await get(id, 'globex analyst').expect(404);
    await remove(id, 'globex analyst').expect(404);
    await get(randomUUID()).expect(404);
    await post({ document: LOGINS }, `${ACME} viewer`).expect(403);
    for (const refused of [get(id, `${ACME} viewer`), remove(id, `${ACME} viewer`)]) await refused.expect(403);
    await remove(id).expect(204);
    await get(id).expect(404);
  });

  it('names what is wrong in the rules by its line, and what a slow pattern could cost', async () => {
    const faults = async (document: unknown, more: object = {}): Promise<readonly { code: string; detail: string }[]> =>
      (await post({ document, ...more }).expect(422)).body.errors;
    const broken = `${LOGINS}---\n${LOGINS.replace(RULE, randomUUID()).replace('condition: selection', 'condition: selektion')}`;
    expect(await faults(broken)).toEqual([
      { pointer: '/document', code: 'bad_rule', detail: expect.stringMatching(/^line 10: .*selektion.*\(in "Login of the shop"\)$/) },
    ]);
    expect(await faults(LOGINS.replace('^[a-z]+$', '(a+)+(?=b)'))).toMatchObject([
      { code: 'bad_rule', detail: expect.stringMatching(/^line 4: .*could take exponentially many steps/) },
    ]);
    expect(await faults('title: [')).toMatchObject([{ detail: expect.stringMatching(/^line 1: /) }]);
    expect(await faults('# nothing\n')).toMatchObject([{ code: 'no_rule' }]);
    const correlation = `title: C\ncorrelation: { type: event_count, rules: [${RULE}], timespan: 1m, condition: { gte: 2 } }\n`;
    expect(await faults(`${LOGINS}---\n${correlation}`)).toMatchObject([
      { detail: expect.stringMatching(/^line 7: correlations are not/) },
    ]);
    const eleven = Array.from({ length: 11 }, () => LOGINS.replace(RULE, randomUUID())).join('---\n');
    expect(await faults(eleven)).toMatchObject([{ code: 'too_many_rules' }]);
    expect(await faults(LOGINS, { from: '2026-03-02T00:00:00Z', to: '2026-03-01T00:00:00Z' })).toMatchObject([{ code: 'bad_range' }]);
    expect(await faults(LOGINS, { from: '2024-01-01', to: '2026-01-01' })).toMatchObject([{ code: 'bad_range' }]);
    for (const document of [7, '', 'x'.repeat(65_537)]) await faults(document);
  });

  it('R02 goes on after a restart in the middle, and finds the same as without', async () => {
    const { rules: whole } = await ended(await begin({ document: LOGINS, ...span(DAYS) }));
    gated.gate.hold({ after: 1 });
    const id = await begin({ document: LOGINS, ...span(DAYS) });
    await gated.gate.held();
    const { body: middle } = await get(id).expect(200);
    expect(middle).toMatchObject({ state: 'running', ended_at: null });
    expect(middle.progress.events_scanned).toBeGreaterThan(0);
    expect(middle.progress.events_scanned).toBeLessThan(middle.progress.events_about);
    gated.gate.release(new Error('the process stops'));
    await gated.close();
    await running.close({ keep: true });
    await start(running.dataDir);
    const { state, started_at, progress, rules } = await ended(id);
    expect([state, started_at, progress.events_scanned]).toEqual(['done', middle.started_at, BATCHES * EVENTS]);
    const counts = (results: Result['rules']) => results.map((rule) => ({ ...rule, us_per_event: null }));
    expect(counts(rules)).toEqual(counts(whole));
  });

  it('looks at no further event once it is cancelled; as many as may be open are refused one more', async () => {
    gated.gate.hold({ after: 1 });
    const id = await begin({ document: LOGINS, ...span(DAYS) });
    await gated.gate.held();
    const others = [await begin({ document: LOGINS, ...span(1) }), await begin({ document: LOGINS, ...span(1) })];
    const { body } = await post({ document: LOGINS }).expect(409);
    expect(body).toMatchObject({ type: '/problems/quota-exceeded', quota: 'rule_backtests', limit: 3 });
    const scanned = (await get(id)).body.progress.events_scanned;
    await remove(id).expect(204);
    gated.gate.release();
    for (const other of others) expect((await ended(other)).state).toBe('done');
    expect((await get(id)).body).toMatchObject({ state: 'cancelled', progress: { events_scanned: scanned } });
    expect(scanned).toBeLessThan(BATCHES * EVENTS);
  });

  it('AUD-05 writes down who started, cancelled and removed one, and what rules it was of', async () => {
    gated.gate.hold({ after: 0 });
    const id = await begin({ document: LOGINS, ...span(1) });
    await remove(id).expect(204);
    gated.gate.release();
    await remove(id).expect(204);
    const { body } = await running.http.get('/api/v1/audit?limit=500').set(...as(`${ACME} responder`));
    const records = body.items.filter(({ target }: { target: { id: string } }) => target.id === id);
    expect(records.map(({ action }: { action: string }) => action).sort()).toEqual([
      'rule_backtest.cancelled',
      'rule_backtest.deleted',
      'rule_backtest.started',
    ]);
    expect(records.find(({ action }: { action: string }) => action === 'rule_backtest.started')).toMatchObject({
      target: { type: 'rule_backtest' },
      details: { rules: [RULE], sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });
});
