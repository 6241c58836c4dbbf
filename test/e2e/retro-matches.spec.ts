import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RetroThread } from '../../src/agents/retro/retro-thread.js';
import type { Alert } from '../../src/contracts/alert.js';
import { PastMatcher } from '../../src/taa/domain/retro/past-matcher.js';
import type { RetroMatchDto } from '../../src/taa/retro-matches.dto.js';
import { eventually } from '../support/eventually.js';
import { GatedMatcher } from '../support/gated-matcher.js';
import { startApp, type RunningApp } from '../support/running-app.js';

const ACME = 'acme-corp';
const GLOBEX = 'globex';
const PATH = '/api/v1/retro-matches';
const DAY = 86_400_000;
const ago = (days: number): string => new Date(Date.now() - days * DAY).toISOString();

/** A login from an address, so many days ago. */
const login = (ip: string, days: number) => ({ product: 'shop', action: 'login', host: 'web-1', src_ip: ip, timestamp: ago(days) });

describe('stored events compared with indicators that came after them', () => {
  let folder: string;
  let feed: string;
  let env: Record<string, string>;
  let running: RunningApp;
  let gated: GatedMatcher;
  const tokens = new Map<string, string>();

  const start = async (dataDir?: string): Promise<void> => {
    gated = new GatedMatcher(new RetroThread());
    running = await startApp({
      env,
      ...(dataDir !== undefined && { dataDir }),
      adjust: (builder) => builder.overrideProvider(PastMatcher).useValue(gated),
    });
    for (const tenant of [ACME, GLOBEX]) {
      for (const role of ['viewer', 'analyst', 'responder']) tokens.set(`${tenant} ${role}`, await running.token(tenant, role));
    }
  };
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatra-retro-'));
    feed = join(folder, 'feed.txt');
    writeFileSync(feed, '203.0.113.200\n');
    writeFileSync(join(folder, 'allowed.txt'), '198.51.100.0/24\n');
    env = {
      RETRO_MATCH_DAYS: '30',
      RETRO_MATCH_DELAY_SECONDS: '0',
      INTEL_MIN_CONFIDENCE: '30',
      INTEL_ALLOW_LISTS: join(folder, 'allowed.txt'),
      GATRA_INTEL_FEEDS: feed,
      INTEL_REFRESH_SECONDS: '1',
    };
    await start();
  });
  afterAll(async () => {
    await gated.close();
    await running.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const as = (who: string): [string, string] => ['Authorization', `Bearer ${tokens.get(who)}`];
  const get = (path: string, who = `${ACME} viewer`) => running.http.get(path).set(...as(who));
  const post = (path: string, body: object, who = `${ACME} analyst`) =>
    running.http
      .post(path)
      .set(...as(who))
      .send(body);
  const remove = (id: string, who = `${ACME} analyst`) => running.http.delete(`${PATH}/${id}`).set(...as(who));

  /** Sends events and answers the ids that they have. */
  async function send(events: readonly object[], tenant = ACME): Promise<readonly string[]> {
    const { body } = await running.http
      .post('/api/v1/events')
      .set('X-API-Key', running.apiKey(tenant, 'collector'))
      .send({ source: 'generic', events })
      .expect(202);
    expect(body).toMatchObject({ accepted: events.length, inspected: true });
    return events.map((_, index) => `${body.batch_id}.${index}`);
  }

  /** Sends an indicator of an address; its id decides which it is. */
  async function offer(ip: string, more: Record<string, unknown> = {}, headers: Record<string, string> = {}): Promise<void> {
    const indicator = {
      type: 'indicator',
      spec_version: '2.1',
      id: `indicator--${ip}`,
      name: `seen at ${ip}`,
      pattern_type: 'stix',
      pattern: `[ipv4-addr:value = '${ip}']`,
      valid_from: ago(0),
      confidence: 85,
      ...more,
    };
    const { body } = await post('/api/v1/intel/indicators', { type: 'bundle', id: 'bundle--1', objects: [indicator] })
      .set(headers)
      .expect(200);
    expect(body).toMatchObject({ unsupported: [] });
  }

  const list = async (who = `${ACME} viewer`): Promise<readonly RetroMatchDto[]> =>
    (await get(`${PATH}?limit=500`, who).expect(200)).body.items;

  /** What new indicators cause, once nothing is left of it. */
  async function settled(who = `${ACME} viewer`): Promise<readonly RetroMatchDto[]> {
    let all: readonly RetroMatchDto[] = [];
    await eventually(async () => {
      all = await list(who);
      expect(all.filter(({ state }) => state === 'queued' || state === 'running')).toEqual([]);
    }, 30_000);
    return all;
  }

  async function ended(id: string): Promise<RetroMatchDto> {
    let match: RetroMatchDto | undefined;
    await eventually(async () => {
      match = (await get(`${PATH}/${id}`).expect(200)).body as RetroMatchDto;
      expect(['done', 'failed', 'cancelled']).toContain(match.state);
    }, 30_000);
    return match as RetroMatchDto;
  }

  async function begin(body: object): Promise<string> {
    const answer = await post(PATH, body).expect(202);
    return String(answer.body.retro_id);
  }

  /** Alerts that name an address, of all tenants' or one's. */
  async function alertsOf(ip: string, who = `${ACME} viewer`): Promise<readonly Alert[]> {
    const { body } = await get(`/api/v1/alerts?limit=500&entity=ip:${ip}`, who).expect(200);
    return (body.items as Alert[]).filter(({ detector }) => detector === 'intel');
  }
  const evidenceOf = async (ip: string): Promise<readonly string[]> => (await alertsOf(ip)).flatMap(({ evidence }) => evidence).sort();

  it('R02 raise an alert each, as if they came now, that says so; once, and for their tenant alone', async () => {
    const ip = '203.0.113.1';
    const events = [login(ip, 12), login('192.0.2.7', 12), login(ip, 3), login(ip, 45)];
    const [old = '', , young = ''] = await send(events);
    await send(events, GLOBEX);
    await offer(ip, { object_marking_refs: ['marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421'] });
    const [match] = await settled();
    expect(match).toMatchObject({ cause: 'arrival', state: 'done', indicators: 1, matches: 2, raised: 2, held_back: 0, reason: null });
    expect(match?.progress).toEqual({ events_compared: 3, events_about: 3, events_passed_over: 0 });
    const alerts = await alertsOf(ip);
    expect(alerts.map(({ evidence }) => evidence.join()).sort()).toEqual([old, young].sort());
    const [first] = alerts.filter(({ evidence }) => evidence[0] === old);
    expect(first).toMatchObject({
      title: `Indicator seen: seen at ${ip}`,
      severity: 'high',
      event_time: events[0]?.timestamp,
      rule: { id: match?.seen[0]?.indicator_id, author: 'api' },
      indicator_confidence: 0.85,
      indicator_tlp: 'amber',
      correlation_id: match?.correlation_id,
      count: 1,
    });
    expect(first?.reason).toMatch(/^ip "203\.0\.113\.1" on web-1 is an indicator .*; found afterwards, among stored events, on 20/);
    await eventually(async () => expect((await alertsOf(ip)).every(({ verdict }) => verdict !== null)).toBe(true));
    expect(await alertsOf(ip, `${GLOBEX} viewer`)).toEqual([]);
    expect((await settled(`${GLOBEX} viewer`)).every(({ raised }) => raised === 0)).toBe(true);
  });

  it('raises nothing twice: not what was seen live, nor when the same or a surer indicator comes again, nor when asked for', async () => {
    const ip = '203.0.113.2';
    const stored = await send([login(ip, 1)]);
    await offer(ip);
    await settled();
    let live: readonly string[] = [];
    await eventually(async () => {
      live = [...live, ...(await send([login(ip, 0)]))];
      expect((await evidenceOf(ip)).length).toBeGreaterThan(1);
    });
    const all = [...stored, ...live].sort();
    await offer(ip);
    await offer(ip, { confidence: 95 });
    const before = await settled();
    expect(before[0]).toMatchObject({ cause: 'arrival', matches: all.length });
    const alerts = await alertsOf(ip);
    expect(alerts.flatMap(({ evidence }) => evidence).sort()).toEqual(all);
    const asked = await ended(await begin({ source: 'api' }));
    expect(asked).toMatchObject({ cause: 'request', state: 'done', source: 'api', created_by: expect.stringContaining('analyst') });
    expect(asked.matches).toBeGreaterThanOrEqual(all.length);
    expect((await alertsOf(ip)).map(({ alert_id }) => alert_id).sort()).toEqual(alerts.map(({ alert_id }) => alert_id).sort());
    await offer(ip, { confidence: 95 });
    expect((await list()).filter(({ cause }) => cause === 'arrival')).toHaveLength(
      before.filter(({ cause }) => cause === 'arrival').length,
    );
  });

  it('holds to allow-lists, the least confidence, revocation and the end of validity, and not to when validity begins', async () => {
    const [allowed, unsure, over, seen] = ['198.51.100.9', '203.0.113.30', '203.0.113.31', '203.0.113.32'];
    await send([allowed, unsure, over, seen].map((ip) => login(ip as string, 5)));
    gated.gate.hold({ after: 0 });
    await offer('203.0.113.33');
    await gated.gate.held();
    await offer(allowed as string);
    await offer(unsure as string, { confidence: 10 });
    await offer(over as string, { valid_from: ago(30), valid_until: ago(6) });
    await offer(seen as string);
    gated.gate.release();
    const [match] = await settled();
    expect(match).toMatchObject({ matches: 1, raised: 1, seen: [{ matches: 1 }] });
    expect(await Promise.all([allowed, unsure, over, seen].map(async (ip) => (await alertsOf(ip as string)).length))).toEqual([0, 0, 0, 1]);
  });

  it('is caused by feeds as well, for every tenant that is given them', async () => {
    const ip = '203.0.113.201';
    const ids = new Map<string, readonly string[]>();
    for (const tenant of [ACME, GLOBEX]) ids.set(tenant, await send([login(ip, 2)], tenant));
    writeFileSync(feed, `203.0.113.200\n${ip}\n`);
    for (const tenant of [ACME, GLOBEX]) {
      await eventually(async () => {
        const alerts = await alertsOf(ip, `${tenant} viewer`);
        expect(alerts.map(({ evidence, rule }) => [evidence, rule.author])).toEqual([[ids.get(tenant), 'file:feed.txt']]);
      }, 30_000);
    }
    await settled();
  });

  it('raises a hundred alerts of one indicator at most, and counts the rest', async () => {
    const [common, rare] = ['203.0.113.40', '203.0.113.41'];
    await send([...Array.from({ length: 130 }, () => login(common, 4)), login(rare, 4)]);
    gated.gate.hold({ after: 0 });
    await offer('203.0.113.42');
    await gated.gate.held();
    await offer(common);
    await offer(rare);
    gated.gate.release();
    const [match] = await settled();
    expect(match).toMatchObject({ matches: 131, raised: 101, held_back: 30, seen: [{ matches: 130 }, { matches: 1 }] });
    expect([(await alertsOf(common)).length, (await alertsOf(rare)).length]).toEqual([100, 1]);
  });

  it('R02 goes on after a restart in the middle, and finds the same as without', async () => {
    const ip = '203.0.113.50';
    const ids: string[] = [];
    for (let batch = 0; batch < 4; batch += 1) {
      const events = Array.from({ length: 500 }, (_, at) => login(at % 100 === 0 ? ip : '192.0.2.8', 1 + batch));
      ids.push(...(await send(events)).filter((_, at) => at % 100 === 0));
    }
    gated.gate.hold({ after: 2 });
    await offer(ip, {}, { 'X-Correlation-ID': 'retro-restart' });
    await gated.gate.held();
    const [middle] = await list();
    expect(middle).toMatchObject({ state: 'running', ended_at: null, correlation_id: 'retro-restart' });
    expect(middle?.progress.events_compared).toBeGreaterThan(0);
    const found = await evidenceOf(ip);
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThan(ids.length);
    gated.gate.release(new Error('the process stops'));
    await gated.close();
    await running.close({ keep: true });
    await start(running.dataDir);
    const match = await ended(String(middle?.retro_id));
    expect(match).toMatchObject({ state: 'done', started_at: middle?.started_at, matches: ids.length, raised: ids.length });
    expect(match.progress.events_compared).toBe(match.progress.events_about);
    expect(await evidenceOf(ip)).toEqual(ids.toSorted());
  });

  it('compares no further event once it is cancelled; what came meanwhile is compared all the same', async () => {
    const [ip, next] = ['203.0.113.60', '203.0.113.61'];
    await send([login(ip, 40), login(next, 1)]);
    gated.gate.hold({ after: 1 });
    await offer(ip);
    await gated.gate.held();
    const [match] = await list();
    await offer(next);
    await remove(String(match?.retro_id)).expect(204);
    gated.gate.release();
    await settled();
    expect((await get(`${PATH}/${match?.retro_id}`)).body).toMatchObject({ state: 'cancelled', progress: match?.progress });
    expect(await alertsOf(next)).toHaveLength(1);
    const others = [];
    gated.gate.hold({ after: 0 });
    for (let n = 0; n < 3; n += 1) others.push(await begin({ from: ago(50) }));
    expect((await post(PATH, {}).expect(409)).body).toMatchObject({ quota: 'retro_matches', limit: 3 });
    for (const id of others) await remove(id).expect(204);
    gated.gate.release();
  });

  it('lists them, the newest first, in pages; they are nothing to another tenant, nor to change for viewers', async () => {
    const id = await begin({ from: ago(1), source: 'no such source' });
    expect(await ended(id)).toMatchObject({ indicators: 0, matches: 0, started_at: expect.any(String) });
    const first = await get(`${PATH}?limit=1`).expect(200);
    const second = await get(`${PATH}?limit=1&cursor=${first.body.next_cursor}`).expect(200);
    expect([first, second].flatMap(({ body }) => body.items)).toEqual((await list()).slice(0, 2));
    expect(first.body.items[0].retro_id).toBe(id);
    await get(`${PATH}/${id}`, `${GLOBEX} analyst`).expect(404);
    await remove(id, `${GLOBEX} analyst`).expect(404);
    await get(`${PATH}/${randomUUID()}`).expect(404);
    await post(PATH, {}, `${ACME} viewer`).expect(403);
    await remove(id, `${ACME} viewer`).expect(403);
    const faults = async (body: object) => (await post(PATH, body).expect(422)).body.errors;
    expect(await faults({ from: ago(1), to: ago(2) })).toMatchObject([{ code: 'bad_range' }]);
    expect(await faults({ from: ago(400), to: ago(1) })).toMatchObject([{ code: 'bad_range' }]);
    for (const body of [{ source: '' }, { source: 7 }, { from: 'soon' }, { more: 1 }]) await faults(body);
    await remove(id).expect(204);
    await get(`${PATH}/${id}`).expect(404);
  });

  it('AUD-05 writes down who started, cancelled and removed one', async () => {
    gated.gate.hold({ after: 0 });
    const id = await begin({});
    await remove(id).expect(204);
    gated.gate.release();
    await remove(id).expect(204);
    const { body } = await get('/api/v1/audit?limit=500', `${ACME} responder`);
    const records = body.items.filter(({ target }: { target: { id: string } }) => target.id === id);
    expect(records.map(({ action }: { action: string }) => action).sort()).toEqual([
      'retro_match.cancelled',
      'retro_match.deleted',
      'retro_match.started',
    ]);
  });
});
