import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { verifyAuditFile } from '../../src/platform/audit/verify-audit-file.js';
import { tenantDirectoryPath } from '../../src/platform/storage/data-directory.js';
import { EARLIER, EARLIER_TENANT, writeEarlierStores } from '../support/earlier-stores.js';
import { startApp, type RunningApp } from '../support/running-app.js';

describe('stores of other versions', () => {
  let dataDir: string;
  let running: RunningApp | undefined;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'gatra-versions-'));
    running = undefined;
  });
  afterEach(async () => {
    await running?.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('DUR-16 stores of the first versions are opened, and what is in them is served', async () => {
    const { eventId, raw } = await writeEarlierStores(dataDir);
    running = await startApp({ dataDir });
    const { http } = running;
    const [operator, responder] = [await running.token('platform'), await running.token(EARLIER_TENANT, 'responder')];
    const read = async (path: string, token = responder) => (await http.get(path).auth(token, { type: 'bearer' }).expect(200)).body;
    expect(await read(`/api/v1/tenants/${EARLIER_TENANT}`, operator)).toMatchObject({
      name: 'As it was',
      outbound_allow: [],
      retention: { event_months: null },
      legal_hold: null,
    });
    expect(await read(`/api/v1/events/${eventId}`)).toMatchObject({ raw });
    expect((await read(`/api/v1/events?host=${EARLIER.host}`)).items).toHaveLength(1);
    expect(await read('/api/v1/accounting')).toMatchObject({ remainder: 0, hours: [{ received: 1, stored: 1 }] });
    expect((await read('/api/v1/alerts')).items).toMatchObject([{ alert_id: EARLIER.alert, title: 'An alert' }]);
    expect((await read('/api/v1/approvals?status=pending')).items).toMatchObject([{ approval_id: EARLIER.approval }]);
    const { items: dead } = await read('/admin/dead-letters', operator);
    expect(dead).toMatchObject([{ kind: 'triage', tenant_id: EARLIER_TENANT }]);
    const sent = await http
      .post('/api/v1/events')
      .set('X-API-Key', running.apiKey(EARLIER_TENANT, 'collector'))
      .send({ source: 'generic', events: [{ message: 'one', host: EARLIER.host }, 7] })
      .expect(202);
    expect(await read(`/api/v1/events/batches/${sent.body.batch_id as string}`)).toMatchObject({ received: 2, accepted: 1 });
    for (const [file, log] of [
      [join(dataDir, 'platform.db'), 'platform'],
      [join(tenantDirectoryPath(dataDir, EARLIER_TENANT), 'cases.db'), EARLIER_TENANT],
    ] as const) {
      expect(verifyAuditFile(file, log).fault).toBeUndefined();
    }
  });

  /** Starts the app as a process of its own, which is to end by itself. */
  const start = (): Promise<{ readonly code: number | null; readonly said: string }> =>
    new Promise((ended) => {
      const env = { ENVIRONMENT: 'development', PORT: '0', LOG_LEVEL: 'error', GATRA_DATA_DIR: dataDir, INGEST_WORKERS: '1' };
      const child = spawn(process.execPath, [resolve('dist/main.js')], { env, timeout: 20_000 });
      let said = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (said += piece.toString()));
      child.once('close', (code) => ended({ code, said }));
    });
  const LATER_STEP = "INSERT INTO kysely_migration (name, timestamp) VALUES ('zzz-0001-later', '2030-01-01')";
  const bytesOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

  it.each([
    [
      'platform database',
      () => join(dataDir, 'platform.db'),
      LATER_STEP,
      /zzz-0001-later.*this one knows \d+ steps, the last of them \S+-\d{4}-/,
    ],
    [
      'case database, with the work queue in it',
      () => casesDb(),
      LATER_STEP,
      /zzz-0001-later.*this one knows \d+ steps, the last of them \S+-\d{4}-/,
    ],
    ['event file', () => eventsDb(), 'PRAGMA user_version = 5', /later version of GATRA \(5; this one knows 4\)/],
  ] as const)(
    'DUR-16 a %s of a later version stops the start, named with both versions, and keeps its bytes',
    async (_kind, find, sql, message) => {
      await writeEarlierStores(dataDir);
      await (await startApp({ dataDir })).close({ keep: true });
      const path = find();
      const db = new DatabaseSync(path);
      db.exec(`${sql}; PRAGMA journal_mode = DELETE`);
      db.close();
      const before = bytesOf(path);
      const { code, said } = await start();
      expect([code, said]).toEqual([1, said]);
      expect(said).toMatch(message);
      expect(said).toContain('start that version, or restore a backup from before');
      expect(bytesOf(path)).toBe(before);
      expect(readdirSync(join(path, '..')).filter((name) => name.startsWith(`${path.split('/').at(-1) ?? ''}-`))).toEqual([]);
    },
  );

  const casesDb = (): string => join(tenantDirectoryPath(dataDir, EARLIER_TENANT), 'cases.db');
  const eventsDb = (): string => {
    const directory = tenantDirectoryPath(dataDir, EARLIER_TENANT);
    return join(directory, readdirSync(directory).find((name) => /^events-.*\.db$/.test(name)) ?? '');
  };
});
