import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { toTenantId } from '../../src/contracts/tenant.js';
import { RetentionClockWatch } from '../../src/mssp/retention/retention-clock-watch.js';
import { RetentionSchedule } from '../../src/mssp/retention/retention-schedule.js';
import { Clock } from '../../src/platform/clock/clock.js';
import { tenantDirectoryPath } from '../../src/platform/storage/data-directory.js';
import { runGatra } from '../support/run-gatra.js';
import { startApp, type RunningApp } from '../support/running-app.js';
import { timePasses } from '../support/time-passes.js';

const ENV = { PATH: process.env['PATH'] ?? '' };

/** The 15th of the month that is so many months before the present one. */
function monthsAgo(months: number): number {
  const now = new Date();
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 15, 12);
}

const monthOf = (time: number): string => new Date(time).toISOString().slice(0, 7);

describe('how long events are kept', () => {
  const [oldest, older, present] = [monthsAgo(10), monthsAgo(5), Date.now()];
  const time = { at: oldest };
  let running: RunningApp;
  const sent: Record<string, string> = {};
  beforeAll(async () => {
    const clock = { now: () => time.at, isoNow: () => new Date(time.at).toISOString() };
    running = await startApp({ adjust: (builder) => builder.overrideProvider(Clock).useValue(clock) });
    for (const at of [oldest, older, present]) {
      await timePasses(time, at, () => running.app.get(RetentionClockWatch).look());
      for (const tenant of ['acme-corp', 'globex']) sent[`${tenant} ${at}`] = await send(tenant, at);
    }
  });
  afterAll(() => running.close());

  async function send(tenant: string, at: number): Promise<string> {
    time.at = at;
    const events = [1, 2, 3].map((n) => ({ message: `of ${monthOf(at)}`, host: 'ws-1', event_id: `${at}-${n}` }));
    const request = running.http.post('/api/v1/events').set('X-API-Key', running.apiKey(tenant, 'collector'));
    const { body } = await request.send({ source: 'generic', events }).expect(202);
    expect(body.accepted).toBe(3);
    return `${body.batch_id as string}.0`;
  }
  const ask = async (method: 'get' | 'put' | 'patch' | 'delete', path: string, body?: object, headers: Record<string, string> = {}) => {
    const token = await running.token('platform');
    return running.http[method](path)
      .set({ Authorization: `Bearer ${token}`, ...headers })
      .send(body);
  };
  const read = async (tenant: string, path: string) => {
    const token = await running.token(tenant, 'tenant_admin');
    return running.http.get(path).set('Authorization', `Bearer ${token}`);
  };
  const keep = async (tenant: string, months: number | null) =>
    (await ask('patch', `/api/v1/tenants/${tenant}`, { retention: { event_months: months } })).status;
  const monthsOf = (tenant: string): string[] => {
    const directory = tenantDirectoryPath(running.dataDir, toTenantId(tenant));
    return [oldest, older, present].map(monthOf).filter((month) => existsSync(join(directory, `events-${month}.db`)));
  };
  const look = (): Promise<void> => running.app.get(RetentionSchedule).look();
  const all = [oldest, older, present].map(monthOf);

  it('R47 keeps everything by default, and what is within the months that the tenant is to keep', async () => {
    await look();
    expect(monthsOf('acme-corp')).toEqual(all);
    expect([await keep('acme-corp', 2), await keep('acme-corp', 1_201), await keep('acme-corp', 12)]).toEqual([422, 422, 200]);
    await look();
    expect(monthsOf('acme-corp')).toEqual(all);
  });

  it('R47 removes nothing under legal hold, does not delete the tenant, and says why', async () => {
    expect((await ask('put', '/api/v1/tenants/acme-corp/legal-hold', {})).status).toBe(422);
    const held = await ask('put', '/api/v1/tenants/acme-corp/legal-hold', { reason: 'case 118' });
    expect([held.status, held.body.legal_hold]).toEqual([
      200,
      { reason: 'case 118', since: new Date(present).toISOString(), by: 'admin@platform' },
    ]);
    expect(await keep('acme-corp', 3)).toBe(200);
    await look();
    expect(monthsOf('acme-corp')).toEqual(all);
    const { body: tenant } = await ask('get', '/api/v1/tenants/acme-corp');
    const refused = await ask('delete', '/api/v1/tenants/acme-corp?confirm=acme-corp', undefined, { 'If-Match': `"${tenant.version}"` });
    expect([refused.status, refused.body.legal_hold, refused.body.detail]).toEqual([
      409,
      tenant.legal_hold,
      expect.stringContaining('case 118'),
    ]);
    const dry = await runGatra(['retention', '--data-dir', running.dataDir, '--dry-run'], ENV);
    expect(dry).toMatchObject({ code: 0, err: '' });
    expect(dry.out).toMatch(new RegExp(`stays +acme-corp +${monthOf(oldest)} +3 events, \\d+ bytes +held: .* since .*: case 118`));
    const forTenant = await running.token('acme-corp', 'tenant_admin');
    const own = running.http.delete('/api/v1/tenants/acme-corp/legal-hold?reason=mine').set('Authorization', `Bearer ${forTenant}`);
    expect((await own).status).toBe(403);
  });

  it('R47 removes what is due once the hold is lifted: recorded before, counted, neither lost nor unaccounted, and no search fails', async () => {
    const before = await read('acme-corp', '/api/v1/events?limit=4');
    expect([before.status, before.body.items.length, typeof before.body.next_cursor]).toEqual([200, 4, 'string']);
    expect((await ask('delete', '/api/v1/tenants/acme-corp/legal-hold')).status).toBe(422);
    expect((await ask('delete', '/api/v1/tenants/acme-corp/legal-hold?reason=closed')).body.legal_hold).toBeNull();
    await look();

    expect([monthsOf('acme-corp'), monthsOf('globex')]).toEqual([[monthOf(present)], all]);
    const rest = await read('acme-corp', `/api/v1/events?limit=4&cursor=${before.body.next_cursor as string}`);
    expect([rest.status, rest.body.items, rest.body.next_cursor]).toEqual([200, [], null]);
    const again = await read('acme-corp', '/api/v1/events');
    expect([again.status, again.body.items.length]).toEqual([200, 3]);
    expect((await read('acme-corp', `/api/v1/events/${sent[`acme-corp ${oldest}`]}`)).status).toBe(404);
    expect((await read('acme-corp', `/api/v1/events/${sent[`acme-corp ${present}`]}`)).status).toBe(200);
    expect(monthsOf('acme-corp')).toEqual([monthOf(present)]);

    const { body: records } = await read('acme-corp', '/api/v1/audit?action=events.retired');
    expect(records.items.map(({ target, details }: { target: { id: string }; details: object }) => [target.id, details]).sort()).toEqual(
      [oldest, older].map(monthOf).map((month) => [month, { month, events: 3, bytes: expect.any(Number) }]),
    );
    const span = `from=${new Date(oldest).toISOString()}&to=${new Date(oldest + 86_400_000).toISOString()}`;
    const { body: account } = await read('acme-corp', `/api/v1/accounting?${span}`);
    expect(account).toMatchObject({ remainder: 0, hours: [], retired_months: [{ month: monthOf(oldest), events: 3 }] });
    const { body: held } = await ask('get', '/admin/audit?action=tenant.legal_hold_put&action=tenant.legal_hold_lifted');
    expect(held.items.map(({ details }: { details: { reason: string } }) => details.reason).sort()).toEqual(['case 118', 'closed']);
    const { text } = await ask('get', '/metrics');
    expect(text).toContain('events_retired_total{tenant_id="acme-corp"} 6');
    expect(text).not.toMatch(/stored_events_lost_total\{|event_files_damaged_total\{/);
  });

  it('R47 takes events again afterwards, and knows those that it has', async () => {
    const events = [1, 4].map((n) => ({ message: 'more', host: 'ws-1', event_id: `${present}-${n}` }));
    const request = running.http.post('/api/v1/events').set('X-API-Key', running.apiKey('acme-corp', 'collector'));
    const { body } = await request.send({ source: 'generic', events }).expect(202);
    expect(body).toMatchObject({ accepted: 1, duplicates: 1 });
  });

  it('R47 `gatra retention` does the same beside a running app', async () => {
    expect(await keep('globex', 3)).toBe(200);
    expect((await read('globex', '/api/v1/events')).body.items).toHaveLength(9);
    const done = await runGatra(['retention', '--data-dir', running.dataDir, '--tenant', 'globex', '--json'], ENV);
    expect(done).toMatchObject({ code: 0, err: '' });
    const lines = done.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ month, fate, removed }) => [month, fate, removed])).toEqual([
      [monthOf(oldest), 'retire', true],
      [monthOf(older), 'retire', true],
      [monthOf(present), 'within_retention', false],
    ]);
    expect((await read('globex', '/api/v1/events')).body.items).toHaveLength(3);
    expect(monthsOf('globex')).toEqual([monthOf(present)]);
    const twice = await runGatra(['retention', '--data-dir', running.dataDir], ENV);
    expect(twice.out.split('\n').filter((line) => line.startsWith('removed'))).toEqual([]);
    const verified = await runGatra(['audit', 'verify', '--data-dir', running.dataDir], ENV);
    expect(verified).toMatchObject({ code: 0, out: expect.not.stringContaining('FAULT') });
  });
});
