import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { startApp, type RunningApp } from '../support/running-app.js';
import { callerOf, settled } from './alerts-support.js';

const ACME = 'acme-corp';
const LOUD = '2f4b2a0e-70a5-4a37-9d3d-6a7c1f6b9b01';
const RARE = '2f4b2a0e-70a5-4a37-9d3d-6a7c1f6b9b02';
const NEVER = '2f4b2a0e-70a5-4a37-9d3d-6a7c1f6b9b03';
const LINK = '2f4b2a0e-70a5-4a37-9d3d-6a7c1f6b9b04';
const PAIR = '2f4b2a0e-70a5-4a37-9d3d-6a7c1f6b9b05';
/** Asks for a regular expression, of which no sample can be derived, and brings none. */
const BARE = '3f4b2a0e-70a5-4a37-9d3d-6a7c1f6b9b06';

function ruleOf(id: string, action: string, technique: string): string {
  return `title: The shop does ${action}
name: ${action}
id: ${id}
status: test
author: tests
license: Apache-2.0
tags: [attack.${technique}]
logsource: { product: shop }
detection: { selection: { action: ${action} }, condition: selection }
level: high
`;
}

const PAIRS = `title: Two links of one account
id: ${PAIR}
author: tests
tags: [attack.t1205]
correlation: { type: event_count, rules: [link], group-by: [account], timespan: 1h, condition: { gte: 2 } }
level: high
`;
const RULES = [
  ruleOf(LOUD, 'login', 't1078.004'),
  ruleOf(RARE, 'export', 't1530'),
  ruleOf(NEVER, 'burn', 't1485'),
  ruleOf(LINK, 'link', 't1205'),
  PAIRS,
  ruleOf(BARE, 'return', 't1565').replace('action: return', "'action|re': return.*"),
];

type Caller = Awaited<ReturnType<typeof callerOf>>;
type Card = Readonly<Record<string, unknown>> & { readonly rule: { readonly id: string }; readonly cost_us: number | null };

describe('scorecards of rules over HTTP', () => {
  let folder: string;
  let dataDir: string | undefined;
  let running: RunningApp;
  let analyst: Caller;
  let responder: Caller;
  let stranger: Caller;

  const start = async (rules: readonly string[]): Promise<void> => {
    writeFileSync(join(folder, 'rules.yml'), rules.join('---\n'));
    running = await startApp({ env: { GATRA_RULES: join(folder, 'rules.yml') }, ...(dataDir ? { dataDir } : {}) });
    dataDir = running.dataDir;
    [analyst, responder, stranger] = await Promise.all([
      callerOf(running, ACME, 'analyst'),
      callerOf(running, ACME, 'responder'),
      callerOf(running, 'globex', 'viewer'),
    ]);
  };
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatra-scorecards-'));
    await start(RULES);
    await eventually(async () => expect((await card(LOUD)).cost_us).not.toBeNull(), 60_000);
  });
  afterAll(async () => {
    await running.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Sends an event for each action, under a key of its own. */
  const send = async (key: string, actions: readonly string[], tenant = ACME): Promise<void> => {
    const events = actions.map((action, at) => ({
      product: 'shop',
      action,
      account: key,
      host: `${key}-${at}`,
      timestamp: '2026-01-15T09:30:00Z',
    }));
    await running.http
      .post('/api/v1/events')
      .set('X-API-Key', running.apiKey(tenant, 'collector'))
      .set('Idempotency-Key', key)
      .send({ source: 'generic', events })
      .expect(202);
  };
  const alertsOf = async (rule: string): Promise<readonly { alert_id: string; created_at: string }[]> =>
    (await analyst.get(`/api/v1/alerts?rule_id=${rule}&sort=created_at&limit=500`).expect(200)).body.items;
  const judge = (caller: Caller, alertId: string, verdict: string) =>
    caller.post(`/api/v1/alerts/${alertId}/feedback`, { verdict }).expect(200);
  const card = async (rule: string, caller = analyst): Promise<Card> =>
    (await caller.get(`/api/v1/rules/${rule}/scorecard`).expect(200)).body;
  const cards = async (query = '', caller = analyst): Promise<readonly Card[]> =>
    (await caller.get(`/api/v1/rule-scorecards?q=2f4b2a0e${query}`).expect(200)).body.items;

  it('R02 a scorecard says exactly what was raised and what analysts said of it, for this tenant alone', async () => {
    await send('one', ['login', 'login', 'export', 'login', 'browse', 'link']);
    await send('two', ['login', 'login']);
    await send('three', ['link', 'link']);
    await send('two', ['login', 'login']);
    await settled(running, ACME);
    const raised = await alertsOf(LOUD);
    expect(raised).toHaveLength(5);
    const [a, b, c] = raised.map(({ alert_id }) => alert_id) as [string, string, string];
    await judge(analyst, a, 'false_positive');
    await judge(analyst, b, 'false_positive');
    await judge(responder, b, 'true_positive');
    await judge(responder, c, 'false_positive');
    const times = raised.map(({ created_at }) => created_at).sort();
    const found = await card(LOUD);
    expect(found).toMatchObject({
      rule: { id: LOUD, title: 'The shop does login', author: 'tests', level: 'high', license: 'Apache-2.0' },
      detector: 'sigma',
      in_force: true,
      matches: 5,
      alerts: 5,
      true_positives: 1,
      false_positives: 2,
      benign_positives: 0,
      unjudged: 2,
      noise: 0.667,
      noise_at_least: 0.208,
      first_seen_at: times[0],
      last_seen_at: times.at(-1),
    });
    const days = Map.groupBy(times, (time) => time.slice(0, 10));
    expect(found['days']).toEqual([...days].map(([date, { length }]) => ({ date, alerts: length, matches: length })));
    expect(await card(RARE)).toMatchObject({ matches: 1, alerts: 1, unjudged: 1, noise: null });
    expect(await card(NEVER)).toMatchObject({ matches: 0, alerts: 0, unjudged: 0, noise: null, last_seen_at: null, days: [] });
    expect(await card(LINK)).toMatchObject({ matches: null, alerts: 0 });
    expect(await card(PAIR)).toMatchObject({ matches: 1, alerts: 1 });

    for (const theirs of [await card(LOUD, stranger), ...(await cards('', stranger))]) {
      expect(theirs).toMatchObject({ alerts: 0, false_positives: 0, true_positives: 0, last_seen_at: null, days: [] });
    }
    await send('theirs', ['login'], 'globex');
    expect(await card(LOUD, stranger)).toMatchObject({ alerts: 1, unjudged: 1 });
    expect(await card(LOUD)).toEqual(found);
  });

  it('R02 says what each detection rule with a sample costs, the same to every tenant', async () => {
    const costs = async (caller: Caller): Promise<ReadonlyMap<string, number | null>> => {
      const { body } = await caller.get('/api/v1/rule-scorecards?sort=-cost_us&limit=500').expect(200);
      expect(body.next_cursor).toBeNull();
      return new Map((body.items as readonly Card[]).map(({ rule, cost_us }) => [rule.id, cost_us]));
    };
    const known = await costs(analyst);
    const inOrder = [...known.values()].map((cost) => cost ?? -1);
    expect(inOrder).toEqual(inOrder.toSorted((one, other) => other - one));
    for (const id of [LOUD, RARE, NEVER, LINK]) expect(known.get(id)).toBeGreaterThan(0);
    expect([PAIR, BARE].map((id) => known.get(id))).toEqual([null, null]);
    expect([...known].filter(([id, cost]) => id.startsWith('gatra.') && cost !== null)).toEqual([]);
    expect((await card(RARE)).cost_us).toBe(known.get(RARE));
    await send('theirs-too', ['browse', 'x'.repeat(1_000)], 'globex');
    expect(await costs(stranger)).toEqual(known);
  });

  it('R02 lists the noisiest first, in any order asked for, page by page', async () => {
    const order = async (query: string): Promise<string[]> => (await cards(query)).map(({ rule }) => rule.id);
    const byNoise = await order('');
    expect(byNoise[0]).toBe(LOUD);
    expect(byNoise.slice(1, 3).sort()).toEqual([RARE, PAIR].sort());
    expect((await order('&sort=-alerts'))[0]).toBe(LOUD);
    expect((await order('&sort=alerts')).at(-1)).toBe(LOUD);
    expect((await order('&sort=-last_seen_at')).slice(-2).sort()).toEqual([LINK, NEVER].sort());
    expect((await order('&sort=matches'))[0]).toBe(LINK);
    expect(await order('&technique=T1530')).toEqual([RARE]);
    expect(await order('&type=correlation')).toEqual([PAIR]);
    expect((await cards('&level=low')).length).toBe(0);
    for (const sort of ['-noise', 'alerts', '-last_seen_at', 'false_positives', '-matches', 'cost_us', '-cost_us']) {
      const whole = (await analyst.get(`/api/v1/rule-scorecards?sort=${sort}&limit=500`).expect(200)).body;
      const paged: Card[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
        const { body } = await analyst.get(`/api/v1/rule-scorecards?sort=${sort}&limit=7${more}`).expect(200);
        paged.push(...body.items);
        cursor = body.next_cursor;
      }
      expect(whole.next_cursor).toBeNull();
      expect(paged).toEqual(whole.items);
    }
  });

  it('R02 the layer of ATT&CK says what rules saw', async () => {
    const layer = async (query: string, caller = analyst) => {
      const { body } = await caller.get(`/api/v1/coverage/attack-layer${query}`).expect(200);
      return new Map<string, { score: number; comment: string; metadata: { name: string; value: string }[] }>(
        body.techniques.map((technique: { techniqueID: string }) => [technique.techniqueID, technique]),
      );
    };
    const [usual, seen] = [await layer(''), await layer('?by=seen&days=1')];
    expect(usual.get('T1078.004')).toMatchObject({
      score: expect.any(Number),
      comment: expect.stringMatching(/\d+ rules?; 5 alerts in 30 days/),
    });
    expect(seen.get('T1078.004')).toMatchObject({ score: 5, comment: expect.stringMatching(/5 alerts in 1 day, the last 20/) });
    expect(seen.get('T1078.004')?.metadata.slice(0, 2)).toEqual([
      { name: 'Alerts in 1 day', value: '5' },
      { name: 'Last seen', value: (await card(LOUD))['last_seen_at'] },
    ]);
    expect(seen.get('T1485')?.score).toBe(0);
    expect((await layer('?by=seen', stranger)).get('T1078.004')?.score).toBe(1);
  });

  it('a restart changes nothing, and a rule that is gone is told of while its alerts are', async () => {
    const all = async (): Promise<readonly object[]> => {
      const { body } = await analyst.get('/api/v1/rule-scorecards?limit=500').expect(200);
      return (body.items as readonly Card[]).map((card) => ({ ...card, cost_us: null }));
    };
    const before = await all();
    await running.close({ keep: true });
    await start(RULES);
    await send('two', ['login', 'login']);
    expect(await all()).toEqual(before);

    const known = await card(LOUD);
    await running.close({ keep: true });
    await start(RULES.slice(1, 3));
    const gone = { ...known, in_force: false, cost_us: null };
    expect(await card(LOUD)).toEqual(gone);
    expect((await cards()).map(({ rule, in_force }) => [rule.id, in_force])).toEqual([
      [LOUD, false],
      ...[
        [PAIR, false],
        [RARE, true],
      ].sort(([one], [other]) => (String(one) < String(other) ? 1 : -1)),
      [NEVER, true],
    ]);
    await analyst.get(`/api/v1/rules/${LOUD}`).expect(404);
    await analyst.get(`/api/v1/rules/${LINK}/scorecard`).expect(404);
    await stranger.get(`/api/v1/rules/${PAIR}/scorecard`).expect(404);
    const { body } = await analyst.get('/api/v1/coverage/attack-layer?by=seen').expect(200);
    const named = body.techniques.find(({ techniqueID }: { techniqueID: string }) => techniqueID === 'T1078.004').metadata;
    expect(named).toContainEqual({ name: 'The shop does login (no longer in force)', value: 'tests' });
  });

  it('refuses what makes no sense, and collectors', async () => {
    for (const query of ['days=0', 'days=91', 'days=1.5', 'days=x', 'sort=title', 'limit=501', 'level=severe', 'unknown=1']) {
      expect([400, 422]).toContain((await analyst.get(`/api/v1/rule-scorecards?${query}`)).status);
    }
    for (const cursor of ['x', Buffer.from('["a","b"]').toString('base64url'), Buffer.from('[1]').toString('base64url')]) {
      await analyst.get(`/api/v1/rule-scorecards?cursor=${cursor}`).expect(400);
    }
    for (const query of ['by=alerts', 'days=91']) await analyst.get(`/api/v1/coverage/attack-layer?${query}`).expect(422);
    for (const id of ['nothing', '%00', 'x'.repeat(300), "'%20OR%201=1"]) await analyst.get(`/api/v1/rules/${id}/scorecard`).expect(404);
    const collector = await callerOf(running, ACME, 'collector');
    await collector.get('/api/v1/rule-scorecards').expect(403);
    await collector.get(`/api/v1/rules/${RARE}/scorecard`).expect(403);
  });
});
