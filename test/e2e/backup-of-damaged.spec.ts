import { cpSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toTenantId } from '../../src/contracts/tenant.js';
import { tenantDirectoryPath } from '../../src/platform/storage/data-directory.js';
import { BuiltApp } from '../support/built-app.js';
import { eventually } from '../support/eventually.js';
import { runGatra } from '../support/run-gatra.js';

const HURT = 'acme-corp';
const BATCHES = 4;
const EVENTS = 6;
const ENVIRONMENT = { PATH: process.env['PATH'] ?? '' };

/** What is done to a month of events, by the path of its file without its ending, and which of its files the backup then names. */
const DAMAGES: readonly (readonly [string, string, (path: string) => void])[] = [
  ['is garbage', '.db', (path) => writeFileSync(`${path}.db`, 'garbage. '.repeat(2_000))],
  ['is gone', '.mark', (path) => rmSync(`${path}.db`)],
  ['is empty', '.db', (path) => writeFileSync(`${path}.db`, '')],
  [
    'was being repaired',
    '.repairing-7.db',
    (path) => (writeFileSync(`${path}.db`, 'garbage'), renameSync(`${path}.db`, `${path}.repairing-7.db`)),
  ],
];

describe('a backup of damaged events', () => {
  let written: string;
  const ids: Record<string, string[]> = { [HURT]: [], globex: [] };
  beforeAll(async () => {
    const app = await BuiltApp.start();
    for (let batch = 0; batch < BATCHES; batch += 1) {
      for (const [tenant, sent] of Object.entries(ids)) {
        const body = Array.from({ length: EVENTS }, (_, n) => `{"host":"ws-${n}","message":"${tenant}"}`).join('\n');
        const headers = { 'X-API-Key': app.apiKey(tenant, 'collector'), 'Content-Type': 'application/x-ndjson' };
        const answer = await fetch(`${app.baseUrl}/api/v1/events`, { method: 'POST', headers, body });
        expect(answer.status).toBe(202);
        const { batch_id: id } = (await answer.json()) as { batch_id: string };
        sent.push(...Array.from({ length: EVENTS }, (_, index) => `${id}.${index}`));
      }
    }
    await app.stop({ keep: true });
    written = app.dataDir;
  });
  afterAll(() => rmSync(written, { recursive: true, force: true }));

  it.each(DAMAGES)(
    'R47 names a month whose file %s, fails, and can be restored: others are whole, and what was lost is counted',
    async (_what, named, damage) => {
      const place = mkdtempSync(join(tmpdir(), 'gatra-damaged-backup-'));
      const [dataDir, out, restored] = [join(place, 'data'), join(place, 'backup'), join(place, 'restored')];
      cpSync(written, dataDir, { recursive: true });
      const directory = tenantDirectoryPath(dataDir, toTenantId(HURT));
      const [month = ''] = readdirSync(directory).flatMap((name) => /^(events-.*)\.db$/.exec(name)?.[1] ?? []);
      damage(join(directory, month));
      let app: BuiltApp | undefined;
      try {
        const backup = await runGatra(['backup', '--data-dir', dataDir, '--out', out, '--with-secrets'], ENVIRONMENT);
        expect(backup).toMatchObject({ code: 1, err: expect.stringContaining(`${month}${named} is damaged`) });
        expect(backup.err.trim().split('\n')).toHaveLength(1);
        const restore = await runGatra(['restore', '--from', out, '--data-dir', restored], ENVIRONMENT);
        expect(restore).toMatchObject({ code: 0, err: '' });
        app = await BuiltApp.start({ dataDir: restored });
        const { baseUrl } = app;
        const running = app;
        const read = async (path: string, tenant: string, role: string): Promise<Response> =>
          fetch(baseUrl + path, { headers: { Authorization: `Bearer ${await running.token(tenant, role)}` } });
        const found = async (tenant: string): Promise<readonly number[]> =>
          Promise.all((ids[tenant] ?? []).map(async (id) => (await read(`/api/v1/events/${id}`, tenant, 'analyst')).status));
        expect(new Set(await found('globex'))).toEqual(new Set([200]));
        expect(new Set(await found(HURT))).toEqual(new Set([404]));
        await eventually(async () => {
          const { items } = (await (await read('/api/v1/audit?action=events.lost', HURT, 'tenant_admin')).json()) as { items: object[] };
          expect(items).toEqual([expect.objectContaining({ details: expect.objectContaining({ lost: BATCHES * EVENTS, recovered: 0 }) })]);
        });
      } finally {
        await app?.kill();
        rmSync(place, { recursive: true, force: true });
      }
    },
    60_000,
  );
});
