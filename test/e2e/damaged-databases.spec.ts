import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { toTenantId } from '../../src/contracts/tenant.js';
import { tenantDirectoryPath } from '../../src/platform/storage/data-directory.js';
import { BuiltApp } from '../support/built-app.js';
import { eventually } from '../support/eventually.js';

const HURT = 'acme-corp';
const OTHER = 'globex';

describe('databases that are not what was written', () => {
  let written: string;
  let dataDir: string;
  const tokens = new Map<string, string>();
  beforeAll(async () => {
    const app = await BuiltApp.start();
    for (const tenant of [HURT, OTHER]) tokens.set(tenant, await app.token(tenant, 'analyst'));
    await app.stop({ keep: true });
    written = app.dataDir;
  });
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'gatra-damaged-'));
    cpSync(written, dataDir, { recursive: true });
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));
  afterAll(() => rmSync(written, { recursive: true, force: true }));

  const exitOf = (): Promise<{ readonly code: number | null; readonly said: string }> =>
    new Promise((ended) => {
      const env = { ENVIRONMENT: 'development', PORT: '0', LOG_LEVEL: 'fatal', GATRA_DATA_DIR: dataDir, INGEST_WORKERS: '1' };
      const child = spawn(process.execPath, [resolve('dist/main.js')], { env, timeout: 30_000 });
      let said = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (said += piece.toString()));
      child.once('close', (code) => ended({ code, said }));
    });

  it.each<[string, (file: string) => void, RegExp]>([
    ['garbage', (file) => writeFileSync(file, 'garbage '.repeat(1_000)), /platform\.db\) is damaged/],
    ['cut off', (file) => truncateSync(file, 50_000), /platform\.db\) is damaged/],
    ['empty', (file) => truncateSync(file, 0), /platform\.db\) is empty/],
    ['gone', (file) => rmSync(file), /platform\.db\) is gone/],
  ])("DUR-05 a platform's database that is %s stops the start with what to do, and is left as it is", async (_how, damage, reason) => {
    const file = join(dataDir, 'platform.db');
    damage(file);
    const before = existsSync(file) ? readFileSync(file, 'latin1') : undefined;
    const { code, said } = await exitOf();
    expect([code, said]).toEqual([1, expect.stringMatching(reason)]);
    expect(said).toContain('restore the data directory from a backup');
    expect(existsSync(file) ? readFileSync(file, 'latin1') : undefined).toBe(before);
  });

  it("DUR-05 an empty platform's database whose log is still there stops the start too, as SQLite throws such a log away", async () => {
    const file = join(dataDir, 'platform.db');
    truncateSync(file, 0);
    writeFileSync(`${file}-wal`, 'log '.repeat(1_000));
    expect(await exitOf()).toEqual({ code: 1, said: expect.stringMatching(/platform\.db\) is empty/) });
    expect(readFileSync(`${file}-wal`, 'latin1')).toBe('log '.repeat(1_000));
  });

  it.each<[string, (file: string) => void]>([
    ['garbage', (file) => writeFileSync(file, 'garbage '.repeat(1_000))],
    ['empty', (file) => truncateSync(file, 0)],
    ['gone', (file) => rmSync(file)],
  ])(
    "DUR-05 a tenant's cases that are %s are said, refused and kept, its events are taken, and everybody else is served",
    async (_how, damage) => {
      const file = join(tenantDirectoryPath(dataDir, toTenantId(HURT)), 'cases.db');
      damage(file);
      const before = existsSync(file) ? readFileSync(file, 'latin1') : undefined;
      const app = await BuiltApp.start({ dataDir });
      try {
        const alertsOf = async (tenant: string): Promise<number> =>
          (await fetch(`${app.baseUrl}/api/v1/alerts`, { headers: { Authorization: `Bearer ${tokens.get(tenant)}` } })).status;
        await eventually(async () => expect([await alertsOf(HURT), await alertsOf(OTHER)]).toEqual([503, 200]));
        // Nobody signs in unrecorded.
        const signIn = { method: 'POST', headers: { 'X-API-Key': app.apiKey(HURT, 'analyst') } };
        expect((await fetch(`${app.baseUrl}/api/v1/auth/token`, signIn)).status).toBe(503);
        const headers = { 'X-API-Key': app.apiKey(HURT, 'collector'), 'Content-Type': 'application/x-ndjson' };
        const sent = await fetch(`${app.baseUrl}/api/v1/events`, { method: 'POST', headers, body: '{"host":"ws-1","message":"hello"}' });
        expect(sent.status).toBe(202);
        expect(app.printed.filter((line) => line.includes('"event":"storage.damaged"') && line.includes('cases.db'))).toHaveLength(1);
        const operator = { headers: { Authorization: `Bearer ${await app.token('platform')}` } };
        expect(await (await fetch(`${app.baseUrl}/metrics`, operator)).text()).toContain('databases_damaged_total{store="cases"} 1');
        expect(await (await fetch(`${app.baseUrl}/health`)).json()).toMatchObject({ status: 'degraded', ready: true });
        await eventually(async () => {
          const records = await fetch(`${app.baseUrl}/admin/audit?action=database.damaged`, operator);
          const one = { target: { type: 'tenant', id: HURT }, outcome: 'failure', details: { file: 'cases.db' } };
          expect(await records.json()).toMatchObject({ items: [one] });
        });
      } finally {
        await app.kill();
      }
      expect(existsSync(file) ? readFileSync(file, 'latin1') : undefined).toBe(before);
    },
    60_000,
  );
});
