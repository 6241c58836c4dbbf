import { randomUUID } from 'node:crypto';
import { detection } from '../contract/alert-store-fixtures.js';
import { startApp, type RunningApp } from '../support/running-app.js';
import { callerOf, raiseAndTriage } from './alerts-support.js';

type Caller = Awaited<ReturnType<typeof callerOf>>;

describe('alerts', () => {
  let app: RunningApp;
  let analyst: Caller;
  let stranger: Caller;

  beforeAll(async () => {
    app = await startApp();
    analyst = await callerOf(app, 'acme-corp', 'analyst');
    stranger = await callerOf(app, 'globex', 'analyst');
    await raiseAndTriage(
      app,
      'acme-corp',
      'b1',
      Array.from({ length: 12 }, (_, i) => detection(i, { minutes: i, severity: i % 2 ? 'high' : 'medium' })),
    );
  });
  afterAll(() => app.close());

  it('are judged, and grouped into an incident', async () => {
    const { body } = await analyst.get('/api/v1/alerts?limit=500').expect(200);
    expect(body.next_cursor).toBeNull();
    expect(body.items).toHaveLength(12);
    for (const alert of body.items) {
      expect(alert).toMatchObject({ tenant_id: 'acme-corp', status: 'triaged', correlation_id: 'req-b1', rule: { author: 'GATRA' } });
      expect(alert.verdict.score).toBeGreaterThanOrEqual(0);
    }
  });

  it('are listed in pages that hold each alert once, by any sort', async () => {
    for (const sort of ['created_at', '-created_at', 'event_time', '-event_time', 'severity', '-severity', 'score', '-score']) {
      const seen: string[] = [];
      for (let cursor = ''; ;) {
        const { body } = await analyst.get(`/api/v1/alerts?limit=5&sort=${sort}${cursor}`).expect(200);
        seen.push(...body.items.map((alert: { alert_id: string }) => alert.alert_id));
        if (body.next_cursor === null) break;
        cursor = `&cursor=${body.next_cursor}`;
      }
      expect(new Set(seen).size).toBe(12);
      expect(seen).toHaveLength(12);
    }
  });

  it('are filtered; a repeated filter means or, and nonsense is refused by name', async () => {
    const count = async (query: string) => (await analyst.get(`/api/v1/alerts?limit=500&${query}`).expect(200)).body.items.length;
    expect(await count('severity=high')).toBe(6);
    expect(await count('severity=high&severity=medium')).toBe(12);
    expect(await count('severity=high,medium')).toBe(12);
    expect(await count('technique=T1059&entity=host:ws-17')).toBe(12);
    expect(await count('entity=elsewhere')).toBe(0);
    expect(await count('from=2025-03-01T12:10:00Z')).toBe(2);
    expect(await count('to=2025-03-01T14:10:00%2B02:00')).toBe(10);
    for (const query of ['severity=terrible', 'sort=title', 'limit=0', 'from=yesterday', 'nonsense=1', `entity=${'x'.repeat(513)}`]) {
      await analyst.get(`/api/v1/alerts?${query}`).expect(422);
    }
    await analyst.get('/api/v1/alerts?cursor=bm9uc2Vuc2U').expect(400);
    const { body } = await analyst.get('/api/v1/alerts?limit=1').expect(200);
    await analyst.get(`/api/v1/alerts?sort=severity&cursor=${body.next_cursor}`).expect(400);
  });

  it('are changed by who read the present version, along the allowed ways, with a record', async () => {
    const { body: list } = await analyst.get('/api/v1/alerts?limit=1').expect(200);
    const path = `/api/v1/alerts/${list.items[0].alert_id}`;
    const { version } = list.items[0];
    await analyst.patch(path, { status: 'in_progress' }).expect(422);
    await analyst.patch(path, { status: 'new', version }).expect(422);
    await analyst.patch(path, { status: 'in_progress', version, title: 'x' }).expect(422);
    const { body: changed } = await analyst.patch(path, { status: 'in_progress', assignee: 'ana', version }).expect(200);
    expect(changed).toMatchObject({ status: 'in_progress', assignee: 'ana', version: version + 1 });
    const { body: stale } = await analyst.patch(path, { status: 'closed', version }).expect(409);
    expect(stale).toMatchObject({ type: '/problems/stale-version', current_version: version + 1 });
    await analyst
      .patch(path, { status: 'closed' })
      .set('If-Match', `"${version + 1}"`)
      .expect(200);
    const { body: reopened } = await analyst.patch(path, { status: 'triaged', assignee: null, version: version + 2 }).expect(200);
    expect(reopened).toMatchObject({ status: 'triaged', assignee: null });
    const responder = await callerOf(app, 'acme-corp', 'responder');
    const { body: audit } = await responder.get(`/api/v1/audit?target_id=${list.items[0].alert_id}`).expect(200);
    expect(audit.items).toHaveLength(3);
    expect(audit.items[0]).toMatchObject({
      action: 'alert.updated',
      actor: { type: 'person' },
      details: { to: { status: 'in_progress' } },
    });
    await (await callerOf(app, 'acme-corp', 'viewer')).patch(path, { status: 'closed', version: version + 3 }).expect(403);
  });

  it('one change of two at the same version wins', async () => {
    const { body: list } = await analyst.get('/api/v1/alerts?limit=1&sort=event_time').expect(200);
    const { alert_id, version } = list.items[0];
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => analyst.patch(`/api/v1/alerts/${alert_id}`, { assignee: `person-${i}`, version })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(9);
  });

  it('explain their score: the parts add up to it', async () => {
    const { body: list } = await analyst.get('/api/v1/alerts').expect(200);
    for (const { alert_id, verdict } of list.items) {
      const { body } = await analyst.get(`/api/v1/alerts/${alert_id}/explanation`).expect(200);
      const sum = body.contributions.reduce((total: number, part: { points: number }) => total + part.points, 0);
      expect(sum).toBeCloseTo(body.score, 6);
      expect(body).toMatchObject({ alert_id, score: verdict.score, classification: verdict.classification, rule: { id: 'rule-1' } });
    }
  });

  it('R22 answer the same for what is missing, malformed or another tenant’s', async () => {
    const { body: list } = await analyst.get('/api/v1/alerts?limit=1').expect(200);
    const ids = [list.items[0].alert_id, randomUUID(), 'x', '..%2f..%2fetc', "'%20or%201=1"];
    for (const rest of ['', '/explanation']) {
      const bodies = [];
      for (const id of ids) {
        const { body } = await stranger.get(`/api/v1/alerts/${id}${rest}`).set('X-Correlation-ID', 'same').expect(404);
        bodies.push({ ...body, instance: '' });
      }
      expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
    }
    for (const id of ids) {
      await stranger.patch(`/api/v1/alerts/${id}`, { status: 'closed', version: 1 }).expect(404);
      await stranger.post(`/api/v1/alerts/${id}/feedback`, { verdict: 'false_positive' }).expect(404);
    }
  });

  it('R26 beyond alerts_per_min are folded into storm alerts: none is lost, and the limit says that it is used up', async () => {
    const many = Array.from({ length: 250 }, (_, i) => detection(i, { rule: { ...detection(0).rule, id: 'noisy' } }));
    const before = Date.now();
    expect(await raiseAndTriage(app, 'globex', 'b2', many)).toBe(250);
    expect(await raiseAndTriage(app, 'globex', 'b2', many)).toBe(250);
    const { body } = await stranger.get('/api/v1/alerts?limit=500&rule_id=noisy').expect(200);
    const limits = await stranger.get('/api/v1/rate-limit/status').expect(200);
    const counts: number[] = body.items.map((alert: { count: number }) => alert.count);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(250);
    if (Math.floor(before / 60_000) === Math.floor(Date.now() / 60_000)) {
      expect(counts.toSorted((a, b) => b - a).slice(0, 2)).toEqual([150, 1]);
      expect(body.items).toHaveLength(101);
      expect(limits.body.limits).toContainEqual(expect.objectContaining({ policy: 'alerts', burst: 100, remaining: 0 }));
    }
  });
});
