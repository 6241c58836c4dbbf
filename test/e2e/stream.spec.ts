import { randomBytes, randomInt } from 'node:crypto';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeJwt } from 'jose';
import { toTenantId } from '../../src/contracts/tenant.js';
import { Stirs } from '../../src/platform/changes/stirs.js';
import { appendFeed } from '../../src/platform/feed/append-feed.js';
import type { FeedTables } from '../../src/platform/feed/feed-tables.js';
import { STREAM_TIMES, type StreamTimes } from '../../src/platform/feed/stream-times.js';
import { DrainState } from '../../src/platform/lifecycle/drain-state.js';
import { TenantDatabases } from '../../src/platform/storage/tenant-databases.js';
import { detection } from '../contract/alert-store-fixtures.js';
import { EventStream, type StreamOptions } from '../support/event-stream.js';
import { localSigner, mint } from '../support/mint-token.js';
import { startApp, type RunningApp } from '../support/running-app.js';
import { callerOf, raiseAndTriage } from './alerts-support.js';

const TIMES: StreamTimes = { patience: 500, beat: 400, look: 200, quietLook: 200, retry: 700 };
const SECRET = randomBytes(48).toString('hex');
/** A stream ends so soon after its client may not listen any more. */
const SOON_MS = 5_000;

describe('GET /api/v1/stream', () => {
  let app: RunningApp;
  let token: string;
  const open: EventStream[] = [];
  beforeAll(async () => {
    app = await startApp({
      env: { JWT_SECRET: SECRET, TENANT_MAX_STREAMS: '12' },
      adjust: (builder) => builder.overrideProvider(STREAM_TIMES).useValue(TIMES),
    });
    token = await app.token('acme-corp', 'responder');
  });
  afterEach(() => open.splice(0).forEach((stream) => stream.close()));
  afterAll(() => app.close());

  const listen = async (options: Partial<StreamOptions> = {}): Promise<EventStream> => {
    const stream = await EventStream.open(app.baseUrl, { token, ...options });
    open.push(stream);
    return stream;
  };
  /** Listens from now on. */
  const begun = async (options: Partial<StreamOptions> = {}): Promise<EventStream> => {
    const stream = await listen(options);
    await stream.until(({ events }) => events.length > 0);
    return stream;
  };
  const append = async (tenant: string, count: number, name: string, filler = ''): Promise<void> => {
    const id = toTenantId(tenant);
    const db = await app.app.get(TenantDatabases, { strict: false }).of<FeedTables>(id);
    const entries = Array.from({ length: count }, (_, n) => ({
      type: 'alert.raised' as const,
      data: { alert_id: `${name}-${n}`, filler },
    }));
    await db.transaction().execute((trx) => appendFeed(trx, entries, Date.now()));
    app.app.get(Stirs, { strict: false }).stir('feed', id);
  };

  it('tells what happens, once and in order, as it happens', async () => {
    const stream = await begun();
    expect([stream.status, stream.events[0]]).toEqual([
      200,
      { id: '0', event: 'open', data: { types: expect.arrayContaining(['alert.raised']) } },
    ]);
    expect(stream.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': expect.stringContaining('no-store'),
      'x-accel-buffering': 'no',
    });
    expect(stream.headers['content-encoding']).toBeUndefined();
    const rule = { ...detection(0).rule, level: 'critical' as const };
    await raiseAndTriage(app, 'acme-corp', 'b1', [
      detection(0, { rule, severity: 'critical' }),
      detection(1, { rule, severity: 'critical' }),
    ]);
    await stream.until(({ told }) => told.includes('incident.opened open'));
    expect(stream.told.slice(0, 2)).toEqual(['alert.raised new', 'alert.raised new']);
    expect(stream.told.filter((line) => line === 'alert.changed triaged')).toHaveLength(2);

    const responder = await callerOf(app, 'acme-corp', 'responder');
    const { body: list } = await responder.get('/api/v1/incidents?limit=1').expect(200);
    const { incident_id: incident, version } = list.items[0] as { incident_id: string; version: number };
    const opened = stream.changes.find(({ event }) => event === 'incident.opened');
    expect(opened?.data).toMatchObject({ incident_id: incident, severity: 'critical', at: expect.stringMatching(/Z$/) });
    const analyst = await callerOf(app, 'acme-corp', 'analyst');
    const asked = { action: 'block_ip', target: { type: 'ip', value: '203.0.113.9' }, reason: 'It spreads.' };
    const { body: action } = await analyst.post(`/api/v1/incidents/${incident}/actions`, asked).expect(201);
    await responder.post(`/api/v1/approvals/${action.approval_id}/reject`, { comments: 'Not now.' }).expect(200);
    const { body: patched } = await analyst.patch(`/api/v1/incidents/${incident}`, { assignee: 'ann', version }).expect(200);
    await stream.until(({ changes }) =>
      changes.some(({ data }) => data['incident_id'] === incident && !('action_id' in data) && data['version'] === patched.version),
    );
    const own = stream.changes.filter(({ data }) => data['action_id'] === action.action_id);
    expect(own.map(({ event, data }) => `${event} ${String(data['status'])}`)).toEqual([
      'approval.requested pending',
      'action.changed pending_approval',
      'approval.decided rejected',
      'action.changed rejected',
    ]);
    expect(stream.changes.map(({ id }) => Number(id.split('-')[0]))).toEqual(stream.changes.map((_, n) => n + 1));
    expect(JSON.stringify(stream.events)).not.toMatch(/203\.0\.113|It spreads|Not now/);
    const { told, changes } = await replayed(stream.changes.length);
    expect([told, changes]).toEqual([stream.told, stream.changes]);
  });

  /** Everything from the beginning. */
  async function replayed(count: number): Promise<EventStream> {
    const stream = await listen({ lastEventId: '0' });
    await stream.until(({ changes }) => changes.length >= count);
    return stream;
  }

  it('is resumed with nothing lost or twice, wherever and however often it breaks off', async () => {
    const start = (await begun({ token: await app.token('globex', 'viewer') })).lastEventId;
    const globex = await app.token('globex', 'viewer');
    const total = 1_500;
    let written = 0;
    const writing = (async () => {
      while (written < total) {
        const count = Math.min(total - written, randomInt(1, 260));
        await append('globex', count, `n${written}`);
        written += count;
        await sleep(randomInt(0, 15));
      }
    })();
    const follow = async (): Promise<string[]> => {
      const ids: string[] = [];
      let lastEventId = start;
      while (ids.length < total) {
        const stream = await listen({ token: globex, lastEventId });
        const least = ids.length === 0 ? 1 : randomInt(0, 120);
        await stream.until(({ changes }) => changes.length >= Math.min(least, total - ids.length));
        stream.close();
        expect(stream.events.filter(({ event }) => event === 'reset')).toEqual([]);
        ids.push(...stream.changes.map(({ id }) => id));
        ({ lastEventId } = stream);
      }
      return ids;
    };
    const [first, second, third] = await Promise.all([follow(), follow(), follow(), writing]);
    expect(first.map((id) => Number(id.split('-')[0]))).toEqual(
      Array.from({ length: total }, (_, n) => Number(start.split('-')[0]) + n + 1),
    );
    expect([second, third]).toEqual([first, first]);
  });

  it('tells a tenant nothing of another, whose ids say nothing to it', async () => {
    const [stream, other] = [await begun(), await begun({ token: await app.token('globex', 'viewer') })];
    await append('globex', 3, 'theirs');
    await other.until(({ changes }) => changes.length === 3);
    expect(stream.changes).toEqual([]);
    const resumed = await begun({ lastEventId: other.lastEventId });
    await append('acme-corp', 1, 'ours');
    await resumed.until(({ changes }) => changes.length === 1);
    expect(resumed.events.map(({ event }) => event)).toEqual(['open', 'reset', 'alert.raised']);
    expect(resumed.changes[0]?.data['alert_id']).toBe('ours-0');
    const strange = await listen({ headers: { 'X-Tenant-ID': 'globex' } });
    expect(strange.status).toBe(403);
  });

  it('says so where what followed is not kept, or the id is none', async () => {
    for (const lastEventId of ['', '7', 'nonsense', '999999-000000000000000000000000', '1-000000000000000000000000']) {
      const stream = await listen({ lastEventId });
      await stream.until(({ events }) => events.length === 2);
      expect(stream.events.map(({ event }) => event)).toEqual(['open', 'reset']);
    }
    await append('acme-corp', 1, 'seen');
    const stream = await begun();
    const before = stream.lastEventId;
    stream.close();
    for (let n = 0; n < 2; n += 1) await append('acme-corp', 50_000, 'many');
    const late = await listen({ lastEventId: before });
    await late.until(({ events }) => events.length === 2);
    expect(late.events[1]?.event).toBe('reset');
    await append('acme-corp', 1, 'after');
    await late.until(({ changes }) => changes.length === 1);
  });

  it('is opened by whoever may read something of it, and tells no more than that', async () => {
    expect((await listen({ token: 'nonsense' })).status).toBe(401);
    expect((await listen({ token: await app.token('acme-corp', 'collector').catch(() => '') })).status).toBeGreaterThanOrEqual(401);
    const admin = await callerOf(app, 'acme-corp', 'tenant_admin');
    const withScopes = async (...scopes: string[]): Promise<string> => {
      const body = { principal: 'wall@acme-corp', roles: ['viewer'], scopes };
      const { body: key } = await admin.post('/api/v1/tenants/acme-corp/api-keys', body).expect(201);
      return (await app.http.post('/api/v1/auth/token').set('X-API-Key', key.api_key).expect(200)).body.access_token as string;
    };
    expect((await listen({ token: await withScopes('alerts:read') })).status).toBe(403);
    expect((await listen({ token: await withScopes('stream:read') })).status).toBe(403);
    const scoped = await withScopes('stream:read', 'incidents:read');
    const stream = await begun({ token: scoped });
    expect(stream.events[0]?.data).toEqual({ types: ['incident.opened', 'incident.changed'] });
    await append('acme-corp', 2, 'unheard');
    await stream.until(({ lastEventId, events }) => lastEventId !== events[0]?.id);
    expect(stream.changes).toEqual([]);
    expect((await listen({ token: scoped, query: '?types=alert.raised' })).status).toBe(403);
    expect((await listen({ query: '?types=nonsense' })).status).toBe(422);
    expect((await listen({ headers: { Accept: '*/*' } })).status).toBe(406);
    expect((await begun({ query: '?types=alert.raised,action.changed' })).events[0]?.data).toEqual({
      types: ['alert.raised', 'action.changed'],
    });
    expect((await begun({ headers: { 'X-Request-Timeout-Ms': '1' } })).isOver).toBe(false);
  });

  it('answers HEAD with the headers alone', async () => {
    const headers = { Accept: 'text/event-stream', Authorization: `Bearer ${token}` };
    const status = await new Promise((resolve, reject) => {
      const asked = request(`${app.baseUrl}/api/v1/stream`, { method: 'HEAD', headers, agent: false }, (answer) => {
        answer.resume().once('end', () => resolve([answer.statusCode, answer.headers['content-type']]));
      });
      asked.once('error', reject).end();
    });
    expect(status).toEqual([200, 'text/event-stream; charset=utf-8']);
  });

  it('sends a comment while nothing happens', async () => {
    const stream = await begun();
    await stream.until(({ comments }) => comments > 1);
    expect(stream.isOver).toBe(false);
  });

  it('ends soon after its token expires, is revoked or loses its key, and when the tenant is suspended', async () => {
    const { header, signer } = localSigner(Buffer.from(SECRET));
    const exp = Math.floor(Date.now() / 1_000) + 2;
    const expiring = await begun({ token: mint(header, { ...decodeJwt(token), exp }, signer) });
    const loggedOut = await app.token('acme-corp', 'viewer');
    const revoked = await begun({ token: loggedOut });
    const admin = await callerOf(app, 'acme-corp', 'tenant_admin');
    const { body: key } = await admin
      .post('/api/v1/tenants/acme-corp/api-keys', { principal: 'gone@acme-corp', roles: ['viewer'] })
      .expect(201);
    const { body: exchanged } = await app.http.post('/api/v1/auth/token').set('X-API-Key', key.api_key).expect(200);
    const keyless = await begun({ token: exchanged.access_token });
    const other = await begun();
    await app.http.post('/api/v1/auth/revoke').set('Authorization', `Bearer ${loggedOut}`).expect(204);
    await app.http
      .delete(`/api/v1/tenants/acme-corp/api-keys/${key.key_id}`)
      .auth(await app.token('acme-corp', 'tenant_admin'), { type: 'bearer' })
      .expect(204);
    for (const stream of [revoked, keyless, expiring]) await stream.until(({ isOver }) => isOver, SOON_MS);
    expect(other.isOver).toBe(false);
    const operator = await app.token('platform');
    await app.http.post('/api/v1/tenants/acme-corp/suspend').auth(operator, { type: 'bearer' }).expect(200);
    await other.until(({ isOver }) => isOver, SOON_MS);
    expect((await listen()).status).toBe(403);
    await app.http.post('/api/v1/tenants/acme-corp/resume').auth(operator, { type: 'bearer' }).expect(200);
    expect((await begun()).status).toBe(200);
  });

  it('cuts a client that does not read, which then gets what it missed', async () => {
    const [slow, quick] = [await begun(), await begun()];
    slow.pause();
    for (let n = 0; n < 10; n += 1) await append('acme-corp', 2_000, `much-${n}`, 'x'.repeat(1_000));
    await quick.until(({ changes }) => changes.length === 20_000, 20_000);
    await sleep(3 * TIMES.patience);
    slow.resume();
    await slow.until(({ isOver }) => isOver);
    expect(slow.changes.length).toBeLessThan(20_000);
    const resumed = await listen({ lastEventId: slow.lastEventId });
    await resumed.until(({ changes }) => changes.length + slow.changes.length === 20_000, 20_000);
    expect([...slow.changes, ...resumed.changes].map(({ id }) => id)).toEqual(quick.changes.map(({ id }) => id));
    const metrics = await app.http
      .get('/metrics')
      .auth(await app.token('platform'), { type: 'bearer' })
      .expect(200);
    expect(metrics.text).toMatch(/streams_ended_total\{reason="slow"\} 1\n/);
    expect(metrics.text).toMatch(/stream_clients 2\n/);
    expect(metrics.text).toMatch(/stream_events_sent_total\{tenant_id="acme-corp"\} \d{5}/);
  }, 60_000);

  it('TEN-13 is open to so many clients of a tenant and no more, whatever others have', async () => {
    const all = await Promise.all(Array.from({ length: 14 }, () => listen()));
    const refused = all.filter(({ status }) => status === 429);
    expect([refused.length, refused[0]?.headers['retry-after']]).toEqual([2, '10']);
    expect((await begun({ token: await app.token('globex', 'viewer') })).status).toBe(200);
    all.find(({ status }) => status === 200)?.close();
    let again = 0;
    while (again !== 200) again = (await listen()).status;
  });

  it('ends when the instance drains, with when to come back; who comes back here is sent on at once', async () => {
    const streams = await Promise.all([begun(), begun({ token: await app.token('globex', 'viewer') })]);
    app.app.get(DrainState).begin('admin');
    for (const stream of streams) await stream.until(({ isOver }) => isOver, 1_000);
    const late = await listen({ lastEventId: streams[0]?.lastEventId });
    await late.until(({ isOver }) => isOver, 1_000);
    expect([late.status, late.retry, late.events]).toEqual([200, 700, []]);
  });
});
