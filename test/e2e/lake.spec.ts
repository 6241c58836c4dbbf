import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { toTenantId } from '../../src/contracts/tenant.js';
import { EventLake } from '../../src/mssp/lake/domain/event-lake.js';
import { RetentionClockWatch } from '../../src/mssp/retention/retention-clock-watch.js';
import { RetentionSchedule } from '../../src/mssp/retention/retention-schedule.js';
import { Clock } from '../../src/platform/clock/clock.js';
import { tenantDirectoryPath } from '../../src/platform/storage/data-directory.js';
import { MemoryLake } from '../fakes/memory-lake.js';
import { bash, examplesOf } from '../support/document-examples.js';
import { eventually } from '../support/eventually.js';
import { startApp, type RunningApp } from '../support/running-app.js';
import { timePasses } from '../support/time-passes.js';

const TENANT = toTenantId('acme-corp');
const OTHER = toTenantId('globex');
const HOUR_MS = 3_600_000;
const LAKE = { EVENT_LAKE: 'clickhouse', CLICKHOUSE_URL: 'http://127.0.0.1:1' };

describe('a lake behind the events that are kept here', () => {
  const now = Date.now();
  const past = Date.UTC(new Date(now).getUTCFullYear(), new Date(now).getUTCMonth() - 10, 15, 12);
  const time = { at: past };
  const lake = new MemoryLake();
  let running: RunningApp;
  beforeAll(async () => {
    const clock = { now: () => time.at, isoNow: () => new Date(time.at).toISOString() };
    running = await startApp({
      env: { ...LAKE, EVENT_RETENTION_MONTHS: '3' },
      adjust: (builder) => builder.overrideProvider(Clock).useValue(clock).overrideProvider(EventLake).useValue(lake),
    });
  });
  afterAll(() => running.close());

  const send = async (tenant: string, host: string): Promise<string> => {
    const events = [1, 2, 3].map((n) => ({ message: `number ${n}`, host, event_id: `${host}-${time.at}-${n}` }));
    const request = running.http.post('/api/v1/events').set('X-API-Key', running.apiKey(tenant, 'collector'));
    const { body } = await request.send({ source: 'generic', events }).expect(202);
    return body.batch_id as string;
  };
  const read = async (tenant: string, path: string) => {
    const token = await running.token(tenant, 'analyst');
    return running.http.get(path).set('Authorization', `Bearer ${token}`);
  };
  const copied = (tenant: typeof TENANT): number => lake.places.get(tenant)?.events.size ?? 0;
  const isKept = (tenant: typeof TENANT, at: number): boolean =>
    existsSync(join(tenantDirectoryPath(running.dataDir, tenant), `events-${new Date(at).toISOString().slice(0, 7)}.db`));
  let old: string;

  it('R22 R47 has every event in its own tenant’s place, and none is removed here before it is there', async () => {
    await eventually(() => expect(lake.places.size).toBe(2), 60_000);
    lake.away = new Error('connection refused');
    old = await send(TENANT, 'ws-old');
    await timePasses(time, now, () => running.app.get(RetentionClockWatch).look());
    await send(TENANT, 'ws-new');
    await send(OTHER, 'ws-other');
    await running.app.get(RetentionSchedule).look();
    expect([copied(TENANT), isKept(TENANT, past)]).toEqual([0, true]);
    await eventually(async () => {
      const { body } = await running.http.get('/health/ready');
      expect(body.checks).toEqual(expect.arrayContaining([expect.objectContaining({ name: 'lake', healthy: false })]));
    }, 30_000);
    lake.away = undefined;
    await eventually(() => expect([copied(TENANT), copied(OTHER)]).toEqual([6, 3]), 60_000);
    await eventually(async () => {
      await running.app.get(RetentionSchedule).look();
      expect(isKept(TENANT, past)).toBe(false);
    }, 60_000);
    expect(isKept(TENANT, now)).toBe(true);
  }, 150_000);

  it('R22 goes on searching there where what is kept here ends, and finds single events, for the tenant alone', async () => {
    const first = await read(TENANT, '/api/v1/events?q=number');
    expect(first.body.items.map(({ normalized }: { normalized: { host: string } }) => normalized.host)).toEqual(Array(3).fill('ws-new'));
    const second = await read(TENANT, `/api/v1/events?q=number&cursor=${String(first.body.next_cursor)}`);
    expect(second.body.items.map(({ event_id }: { event_id: string }) => event_id)).toEqual([2, 1, 0].map((index) => `${old}.${index}`));
    expect(second.body.next_cursor).toBeNull();
    expect((await read(TENANT, `/api/v1/events/${old}.1`)).body).toMatchObject({ event_id: `${old}.1`, tenant_id: TENANT });
    expect((await read(OTHER, `/api/v1/events/${old}.1`)).status).toBe(404);
    expect((await read(OTHER, `/api/v1/events?cursor=${String(first.body.next_cursor)}`)).body.items).toEqual([]);
  });

  it('R22 says that it cannot tell, and not that there is nothing, while the lake is away', async () => {
    const { body } = await read(TENANT, '/api/v1/events');
    lake.away = new Error('connection refused');
    for (const path of [`/api/v1/events?cursor=${String(body.next_cursor)}`, `/api/v1/events/${old}.1`]) {
      const answer = await read(TENANT, path);
      expect([answer.status, answer.body.type, answer.headers['retry-after']]).toEqual([503, '/problems/unavailable', '10']);
      expect(JSON.stringify(answer.body)).not.toContain('refused');
    }
    expect((await read(TENANT, '/api/v1/events')).body.items).toHaveLength(3);
    lake.away = undefined;
  });

  it.each([HOUR_MS, -HOUR_MS, 24 * HOUR_MS, -24 * HOUR_MS])(
    'DUR-15 goes on copying events and records after a jump of %d ms',
    async (jump) => {
      time.at += jump;
      const before = copied(TENANT);
      const records = lake.places.get(TENANT)?.records.size ?? 0;
      await send(TENANT, `ws-jump${jump}`);
      await read(TENANT, '/api/v1/alerts');
      await eventually(
        () => expect([copied(TENANT), (lake.places.get(TENANT)?.records.size ?? 0) > records]).toEqual([before + 3, true]),
        60_000,
      );
    },
    70_000,
  );

  it('R47 has a place that was lost there filled again by the command of the document, with all that is held here', async () => {
    const [command = '', ...more] = examplesOf('docs/lake.md');
    expect(more).toEqual([]);
    const held = new Set([...(lake.places.get(TENANT)?.events.keys() ?? [])].filter((id) => !id.startsWith(old)));
    const audited = [...(lake.places.get(TENANT)?.records.keys() ?? [])];
    lake.places.delete(TENANT);
    const env = { ...LAKE, ENVIRONMENT: 'development', GATRA_DATA_DIR: running.dataDir, TENANT };
    expect(await bash(command, env)).toEqual({ code: 0, output: expect.stringContaining('is copied again') });
    await eventually(() => {
      const place = lake.places.get(TENANT);
      expect([...held].filter((id) => !place?.events.has(id))).toEqual([]);
      expect(audited.filter((id) => id.startsWith('audit ') && !place?.records.has(id))).toEqual([]);
      expect([...(place?.records.keys() ?? [])].length).toBeGreaterThan(audited.length);
    }, 60_000);
  }, 90_000);

  it('R47 loses the place of a tenant that is deleted', async () => {
    const token = await running.token('platform');
    const { body } = await running.http.get(`/api/v1/tenants/${OTHER}`).set('Authorization', `Bearer ${token}`);
    const asked = running.http
      .delete(`/api/v1/tenants/${OTHER}?confirm=${OTHER}`)
      .set({ Authorization: `Bearer ${token}`, 'If-Match': `"${body.version}"` });
    expect((await asked).status).toBe(202);
    await eventually(() => expect([...lake.places.keys()]).toEqual([TENANT]), 30_000);
  }, 40_000);
});
