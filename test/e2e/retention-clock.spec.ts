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

const ENV = { PATH: process.env['PATH'] ?? '', EVENT_RETENTION_MONTHS: '3' };
const DAY_MS = 86_400_000;
const monthOf = (time: number): string => new Date(time).toISOString().slice(0, 7);

describe('how long events are kept where the clock is wrong', () => {
  const time = { at: 0 };
  let running: RunningApp;
  const start = async (at: number, env: Readonly<Record<string, string>> = { EVENT_RETENTION_MONTHS: '3' }): Promise<void> => {
    time.at = at;
    const clock = { now: () => time.at, isoNow: () => new Date(time.at).toISOString() };
    running = await startApp({
      env,
      adjust: (builder) => builder.overrideProvider(Clock).useValue(clock),
    });
  };
  afterEach(() => running.close());

  const send = async (): Promise<void> => {
    const events = [1, 2, 3].map((n) => ({ message: 'hello', host: 'ws-1', event_id: `${time.at}-${n}` }));
    const request = running.http.post('/api/v1/events').set('X-API-Key', running.apiKey('acme-corp', 'collector'));
    expect((await request.send({ source: 'generic', events }).expect(202)).body.accepted).toBe(3);
  };
  const isKept = (at: number): boolean =>
    existsSync(join(tenantDirectoryPath(running.dataDir, toTenantId('acme-corp')), `events-${monthOf(at)}.db`));
  const lookAt = async (at: number): Promise<void> => {
    time.at = at;
    await running.app.get(RetentionClockWatch).look();
    await running.app.get(RetentionSchedule).look();
  };
  const ask = async (path: string) => {
    const token = await running.token('platform');
    return running.http.get(path).set('Authorization', `Bearer ${token}`);
  };
  const offset = async (): Promise<number> => Number(/^retention_clock_offset_seconds (\S+)$/m.exec((await ask('/metrics')).text)?.[1]);

  it('DUR-15 R47 a clock that leaps years ahead removes nothing, and is told of until it is right', async () => {
    const now = Date.now();
    await start(now);
    await send();
    await lookAt(now + 5 * 365 * DAY_MS);
    time.at = now;
    expect([isKept(now), await offset()]).toEqual([true, 5 * 365 * 86_400]);
    await lookAt(now + 1_000);
    expect([isKept(now), await offset()]).toEqual([true, 0]);
  });

  it('DUR-15 R47 a platform that was off for long, and removes nothing by its clock, asks nobody; and what it took last stays when it is to remove', async () => {
    const [then, now] = [Date.now() - 300 * DAY_MS, Date.now()];
    await start(then, {});
    await send();
    await lookAt(now);
    expect(await offset()).toBeGreaterThan(299 * 86_400);
    await lookAt(now + 1_000);
    expect(await offset()).toBe(0);
    const { out, err } = await runGatra(['retention', '--data-dir', running.dataDir], ENV);
    expect([err, isKept(then)]).toEqual(['', true]);
    expect(out).toMatch(/^stays .*kept: its time is not over$/m);
  });

  it('DUR-15 R47 events that were taken while the clock was set back are kept once it is right', async () => {
    const now = Date.now();
    await start(now);
    const wrong = Date.parse('2000-01-01T00:00:10Z');
    await lookAt(wrong);
    await send();
    await lookAt(now);
    expect(isKept(wrong)).toBe(true);
    const { out } = await runGatra(['retention', '--data-dir', running.dataDir, '--dry-run'], ENV);
    expect(out).toMatch(/^stays +acme-corp +2000-01 +3 events, \d+ bytes +kept: its time is not over$/m);
  });

  it('DUR-15 R47 a machine that starts before its clock is set keeps what it took last, and removes again once somebody says that the clock is right', async () => {
    const [first, last] = [Date.parse('2000-01-01T00:00:10Z'), Date.parse('2000-03-05T00:00:00Z')];
    await start(first);
    await send();
    await timePasses(time, last, () => running.app.get(RetentionClockWatch).look());
    await send();

    const run = (...more: string[]) => runGatra(['retention', '--data-dir', running.dataDir, ...more], ENV);
    const doubted = await run();
    const why =
      /^the clock says 20\S+, and 2000-03-05T00:00:00.000Z was the last time that was believed: set it right, or say --trust-clock/;
    expect([doubted.code, doubted.err]).toEqual([0, expect.stringMatching(why)]);
    expect(doubted.out.match(/^stays .*held: the clock has leapt ahead, and nobody has said that it is right$/gm)).toHaveLength(2);

    const dry = await run('--trust-clock', '--dry-run');
    expect([dry.err, dry.out.match(/^\w+ +acme-corp +\S+/gm)]).toEqual([
      '',
      ['due      acme-corp  2000-01', 'stays    acme-corp  2000-03'],
    ]);
    expect([isKept(first), (await run('--dry-run')).err]).toEqual([true, expect.stringMatching(why)]);

    const trusted = await run('--trust-clock');
    expect(trusted.out.match(/^\w+ +acme-corp +\S+/gm)).toEqual(['removed  acme-corp  2000-01', 'stays    acme-corp  2000-03']);
    expect([isKept(first), isKept(last), (await run()).err]).toEqual([false, true, '']);
    const { body } = await ask('/admin/audit?action=retention.clock_trusted');
    expect(body.items).toEqual([
      expect.objectContaining({
        actor: { type: 'system', id: expect.stringContaining('gatra retention') },
        details: { believed_before: '2000-03-05T00:00:00.000Z' },
      }),
    ]);
  });
});
