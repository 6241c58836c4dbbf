import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { toTenantId } from '../../src/contracts/tenant.js';
import { tenantDirectoryPath } from '../../src/platform/storage/data-directory.js';
import { BuiltApp } from '../support/built-app.js';
import { eventually } from '../support/eventually.js';

const TENANT = toTenantId('acme-corp');
/** Says when the process listens to signals; before that it has run nothing of ours. */
const LISTENS = 'listens to signals';
const SAY = `process.on('newListener', (name) => name === 'SIGTERM' && setImmediate(() => process.stderr.write('${LISTENS}\\n')))`;
const TELLS_LISTENING = `data:text/javascript,${encodeURIComponent(SAY)}`;

describe('signals', () => {
  const directories: string[] = [];
  const apps: BuiltApp[] = [];
  const newDirectory = (): string => {
    const directory = mkdtempSync(join(tmpdir(), 'gatra-signals-'));
    directories.push(directory);
    return directory;
  };
  const start = async (dataDir: string, env: Record<string, string> = {}): Promise<BuiltApp> => {
    const app = await BuiltApp.start({ dataDir, env });
    apps.push(app);
    return app;
  };
  afterAll(async () => {
    for (const app of apps) await app.kill();
    for (const directory of directories) rmSync(directory, { recursive: true, force: true });
  });

  /** Asks to stop `afterMs` after the process listens to signals; answers its exit code and what it wrote. */
  const stopAtStart = async (dataDir: string, afterMs: number): Promise<{ code: number | null; output: string }> => {
    const env = { ENVIRONMENT: 'development', PORT: '0', GATRA_DATA_DIR: dataDir, INGEST_WORKERS: '1' };
    const child = spawn(process.execPath, ['--import', TELLS_LISTENING, resolve('dist/main.js')], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(child, 'exit');
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await eventually(() => expect(output).toContain(LISTENS), 30_000);
    await sleep(afterMs);
    child.kill('SIGTERM');
    const [code] = (await ended) as [number | null];
    return { code, output };
  };

  it('RES-10 sigterm-during-startup exits 0 at whatever moment it comes, and the next start is as if nothing had been', async () => {
    const shared = newDirectory();
    const stopped = await Promise.all([0, 150, 400, 800].map((moment) => stopAtStart(shared, moment)));
    for (const { code, output } of stopped) {
      expect({ code, output }).toEqual({ code: 0, output: expect.not.stringContaining('"level":"error"') });
    }
    const app = await start(shared);
    const answer = await fetch(`${app.baseUrl}/api/v1/auth/token`, {
      method: 'POST',
      headers: { 'X-API-Key': app.apiKey(TENANT, 'analyst') },
    });
    expect(answer.status).toBe(200);
    expect(await app.stop({ keep: true })).toBe(0);
  }, 60_000);

  it('RES-10 second-sigterm exits at once, and what was acknowledged is there', async () => {
    const dataDir = newDirectory();
    const app = await start(dataDir, { SHUTDOWN_DELAY_SECONDS: '100', SHUTDOWN_GRACE_SECONDS: '300' });
    const collector = { 'X-API-Key': app.apiKey(TENANT, 'collector'), 'Content-Type': 'application/x-ndjson' };
    const stalled = connect(Number(new URL(app.baseUrl).port), '127.0.0.1').on('error', () => undefined);
    stalled.write(`POST /api/v1/events HTTP/1.1\r\nHost: x\r\nX-API-Key: ${collector['X-API-Key']}\r\nContent-Length: 100\r\n\r\n{`);
    const ended = once(app.process, 'exit');
    app.process.kill('SIGTERM');
    await eventually(async () => expect((await fetch(`${app.baseUrl}/health/ready`)).status).toBe(503));
    const events = Array.from({ length: 200 }, (_, n) => `{"message":"${n}"}`).join('\n');
    const answer = await fetch(`${app.baseUrl}/api/v1/events?source=generic`, { method: 'POST', headers: collector, body: events });
    expect([answer.status, answer.headers.get('connection')]).toEqual([202, 'close']);
    const { batch_id: batch } = (await answer.json()) as { batch_id: string };
    const begun = performance.now();
    app.process.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(performance.now() - begun).toBeLessThan(5_000);
    stalled.destroy();
    const again = await start(dataDir);
    const headers = { Authorization: `Bearer ${await again.token(TENANT, 'analyst')}` };
    expect((await fetch(`${again.baseUrl}/api/v1/events/${batch}.199`, { headers })).status).toBe(200);
    expect(await again.stop({ keep: true })).toBe(0);
  }, 60_000);

  it('R45 an operator has it drain: audited, refused a second time, late requests are sent elsewhere, exit 0', async () => {
    const dataDir = newDirectory();
    const app = await start(dataDir, { SHUTDOWN_DELAY_SECONDS: '2', SHUTDOWN_GRACE_SECONDS: '30' });
    const headers = { Authorization: `Bearer ${await app.token('platform')}` };
    const ended = once(app.process, 'exit');
    const port = Number(new URL(app.baseUrl).port);
    // A request whose headers are on their way for as long as the instance is still in service, and beyond.
    const late = connect(port, '127.0.0.1');
    late.write('GET /health/live HTTP/1.1\r\n');
    const lateAnswer = text(late);
    const slow = request(`${app.baseUrl}/api/v1/events`, {
      method: 'POST',
      headers: { 'X-API-Key': app.apiKey(TENANT, 'collector'), 'Content-Type': 'application/json' },
    });
    slow.write('{"events":');
    const slowAnswer = once(slow, 'response');

    const drained = await fetch(`${app.baseUrl}/admin/drain`, { method: 'POST', headers });
    expect([drained.status, await drained.json()]).toEqual([202, { draining: true, stops_in_seconds: 2, ends_in_seconds: 30 }]);
    const again = await fetch(`${app.baseUrl}/admin/drain`, { method: 'POST', headers });
    expect([again.status, again.headers.get('connection'), await again.json()]).toEqual([
      409,
      'close',
      expect.objectContaining({ draining: true, current_state: 'draining' }),
    ]);
    const ready = await fetch(`${app.baseUrl}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([503, expect.objectContaining({ ready: false, status: 'draining' })]);
    const audit = (await (await fetch(`${app.baseUrl}/admin/audit?limit=50`, { headers })).json()) as { items: { action: string }[] };
    expect(audit.items.map(({ action }) => action)).toContain('instance.drained');

    await eventually(() => expect(fetch(`${app.baseUrl}/health/live`)).rejects.toThrow('fetch failed'));
    late.write('Host: x\r\n\r\n');
    const answered = await lateAnswer;
    expect(answered).toMatch(/^HTTP\/1\.1 503 /);
    expect(answered).toMatch(/\r\nConnection: close\r\n/);
    expect(answered).toMatch(/\r\nRetry-After: 1\r\n/);
    slow.end('[{"message":"finished"}]}');
    const [{ statusCode }] = (await slowAnswer) as [{ statusCode: number }];
    expect(statusCode).toBe(202);
    expect(await ended).toEqual([0, null]);
  }, 60_000);

  it('trap.P23-background-drained triage under way at SIGTERM is finished or stays in the queue, and happens once', async () => {
    const dataDir = newDirectory();
    const app = await start(dataDir);
    const headers = { 'X-API-Key': app.apiKey(TENANT, 'collector'), 'Content-Type': 'application/x-ndjson' };
    let alerts = 0;
    for (let batch = 0; batch < 6; batch += 1) {
      const lines = Array.from(
        { length: 200 },
        (_, n) =>
          `{"message":"Nov 21 10:00:00 web${n} sudo: jo : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh ${batch}"}`,
      );
      const answer = await fetch(`${app.baseUrl}/api/v1/events?source=linux-auth`, { method: 'POST', headers, body: lines.join('\n') });
      alerts += ((await answer.json()) as { alerts_raised: number }).alerts_raised;
    }
    expect(alerts).toBeGreaterThan(0);
    expect(await app.stop({ keep: true })).toBe(0);
    const file = join(tenantDirectoryPath(dataDir, TENANT), 'cases.db');
    const read = <T>(use: (db: DatabaseSync) => T): T => {
      const db = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
      try {
        return use(db);
      } finally {
        db.close();
      }
    };
    const waiting = (): Record<string, unknown>[] =>
      read((db) => db.prepare("SELECT * FROM work_item WHERE state NOT IN ('done', 'dead')").all()) as Record<string, unknown>[];
    for (const item of waiting()) expect(item['holder']).toBeNull();
    const again = await start(dataDir);
    await eventually(() => expect(waiting()).toEqual([]), 20_000);
    expect(await again.stop({ keep: true })).toBe(0);
    const triaged = read((db) =>
      db
        .prepare("SELECT record FROM audit_log WHERE action = 'alerts.triaged'")
        .all()
        .flatMap((row) => (JSON.parse(String(row['record'])) as { details: { alert_ids: string[] } }).details.alert_ids),
    );
    const stored = read((db) =>
      db
        .prepare('SELECT alert_id FROM alert')
        .all()
        .map((row) => String(row['alert_id'])),
    );
    expect(triaged.sort()).toEqual(stored.sort());
  }, 60_000);
});
