import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { toTenantId } from '../../src/contracts/tenant.js';
import { tenantDirectoryPath } from '../../src/platform/storage/data-directory.js';
import { BuiltApp } from '../support/built-app.js';
import { eventually } from '../support/eventually.js';

const HURT = 'acme-corp';
const BATCHES = 4;
const EVENTS = 6;

/** What is done to the month's file and to its log, neither of which was closed, and whether what was counted survives it. */
const DAMAGES: readonly (readonly [string, (file: string) => void, boolean])[] = [
  ['a block that is not what was written', zeroBlock, true],
  ['a file of garbage without its log', (file) => (writeFileSync(file, 'garbage'), rmSync(`${file}-wal`)), false],
  ['a file that is gone with its log', (file) => (rmSync(file), rmSync(`${file}-wal`)), false],
  ['a log that is cut off', (file) => truncateSync(`${file}-wal`, Math.floor(readFileSync(`${file}-wal`).length * 0.7)), false],
  ['a log with a flipped bit', (file) => flip(`${file}-wal`, 0.6), false],
];

function zeroBlock(file: string): void {
  const db = new DatabaseSync(file);
  db.exec('UPDATE block SET body = zeroblob(length(body)) WHERE sequence = 2');
  db.close();
}

function flip(file: string, share: number): void {
  const bytes = readFileSync(file);
  const at = Math.floor(bytes.length * share);
  bytes[at] = (bytes[at] ?? 0) ^ 4;
  writeFileSync(file, bytes);
}

describe('a store that is not what was written', () => {
  let written: string;
  const ids: Record<string, string[]> = { [HURT]: [], globex: [] };
  const send = async (app: BuiltApp, tenant: string): Promise<string> => {
    const lines = Array.from({ length: EVENTS }, (_, n) => `{"host":"ws-${n}","message":"${tenant}"}`).join('\n');
    const headers = { 'X-API-Key': app.apiKey(tenant, 'collector'), 'Content-Type': 'application/x-ndjson' };
    const answer = await fetch(`${app.baseUrl}/api/v1/events`, { method: 'POST', headers, body: lines });
    expect(answer.status).toBe(202);
    return ((await answer.json()) as { batch_id: string }).batch_id;
  };
  beforeAll(async () => {
    const app = await BuiltApp.start();
    for (let batch = 0; batch < BATCHES; batch += 1) {
      for (const [tenant, sent] of Object.entries(ids)) {
        const id = await send(app, tenant);
        sent.push(...Array.from({ length: EVENTS }, (_, index) => `${id}.${index}`));
      }
    }
    await app.kill();
    written = app.dataDir;
  });
  afterAll(() => rmSync(written, { recursive: true, force: true }));

  it.each(DAMAGES)(
    'DUR-05 starts on %s, says in log, metric, audit log and health how much was lost, and serves everybody',
    async (_what, damage, isCounted) => {
      const dataDir = mkdtempSync(join(tmpdir(), 'gatra-damaged-'));
      cpSync(written, dataDir, { recursive: true });
      const directory = tenantDirectoryPath(dataDir, toTenantId(HURT));
      const name = readdirSync(directory).find((entry) => /^events-.*\.db$/.test(entry)) ?? '';
      expect(existsSync(join(directory, `${name}-wal`))).toBe(true);
      damage(join(directory, name));
      const app = await BuiltApp.start({ dataDir });
      try {
        const read = async (path: string, tenant: string, role?: string): Promise<Response> =>
          fetch(app.baseUrl + path, { headers: { Authorization: `Bearer ${await app.token(tenant, role)}` } });
        const found = async (tenant: string): Promise<number> => {
          const answers = await Promise.all((ids[tenant] ?? []).map((id) => read(`/api/v1/events/${id}`, tenant, 'analyst')));
          expect(answers.filter(({ status }) => ![200, 404].includes(status))).toEqual([]);
          return answers.filter(({ status }) => status === 200).length;
        };
        expect(await found('globex')).toBe(BATCHES * EVENTS);
        const lost = BATCHES * EVENTS - (await found(HURT));
        expect(lost).toBeGreaterThan(0);
        expect(await (await read('/api/v1/accounting', HURT, 'viewer')).json()).toMatchObject({ remainder: isCounted ? lost : 0 });
        const again = await send(app, HURT);
        expect((await read(`/api/v1/events/${again}.0`, HURT, 'analyst')).status).toBe(200);
        await eventually(async () => {
          const audit = (await (await read('/api/v1/audit?action=events.lost', HURT, 'tenant_admin')).json()) as { items: object[] };
          const details = { lost, recovered: BATCHES * EVENTS - lost };
          expect(audit.items).toEqual([expect.objectContaining({ outcome: 'failure', details: expect.objectContaining(details) })]);
        });
        const metrics = await (await read('/metrics', 'platform')).text();
        expect(metrics).toContain(`stored_events_lost_total{tenant_id="${HURT}"} ${lost}`);
        expect(app.printed.filter((line) => line.includes('"event":"storage.damaged"') && line.includes(`"lost":${lost}`))).toHaveLength(1);
        expect(await (await fetch(`${app.baseUrl}/health`)).json()).toMatchObject({ status: 'degraded', ready: true });
        expect((await fetch(`${app.baseUrl}/health/ready`)).status).toBe(200);
      } finally {
        await app.kill();
        rmSync(dataDir, { recursive: true, force: true });
      }
    },
    60_000,
  );
});
