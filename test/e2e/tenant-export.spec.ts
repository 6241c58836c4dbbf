import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gzipSync } from 'node:zlib';
import { createHash } from 'node:crypto';
import { toTenantId } from '../../src/contracts/tenant.js';
import { isSealed } from '../../src/platform/encryption/tenant-cipher.js';
import { tenantDirectoryPath } from '../../src/platform/storage/data-directory.js';
import { checkExport } from '../../src/platform/tenant-export/export-files.js';
import { ExportError, readExportManifest, type ExportManifest } from '../../src/platform/tenant-export/export-manifest.js';
import { eventually } from '../support/eventually.js';
import { exportLines, exportText } from '../support/export-files.js';
import { runGatra, type CommandResult } from '../support/run-gatra.js';
import { startApp, type RunningApp } from '../support/running-app.js';

/** A text that stands in the events of one tenant only. */
const CANARY = { 'acme-corp': 'canaryacme7', globex: 'canaryglobex9' } as const;
/** As they were sent, blanks, escapes and all; the first raises an alert. */
const LINES = (host: string): string[] => [
  `{"hostname":"${host}",  "message":"Nov 21 10:00:00 ${host} sshd[811]: Accepted password for root from 203.0.113.9 port 40022 ssh2"}`,
  `{"hostname": "${host}","message" :"Nov 21 10:00:01 ${host} cron[3]: (root) CMD (\\u00e9 é 𝄞)"}`,
];

describe('a tenant taken out of a platform and into another', () => {
  let running: RunningApp;
  let place: string;
  let out: string;
  let batch: string;
  let exported: CommandResult;
  const env = (): Record<string, string> => ({ PATH: process.env['PATH'] ?? '', ENVIRONMENT: 'development' });
  beforeAll(async () => {
    place = mkdtempSync(join(tmpdir(), 'gatra-export-'));
    out = join(place, 'acme');
    running = await startApp();
    await send('globex');
    batch = await send('acme-corp');
    const analyst = await running.token('acme-corp', 'analyst');
    let alertId = '';
    await eventually(async () => {
      const { body } = await running.http.get('/api/v1/alerts').auth(analyst, { type: 'bearer' });
      const [alert] = body.items as { alert_id: string; incident_id: string | null }[];
      expect(alert?.incident_id).toMatch(/-/);
      alertId = alert?.alert_id ?? '';
    });
    const said = { verdict: 'true_positive', comments: 'it was' };
    await running.http.post(`/api/v1/alerts/${alertId}/feedback`).auth(analyst, { type: 'bearer' }).send(said).expect(200);
    await running.http
      .post('/api/v1/intel/indicators')
      .auth(analyst, { type: 'bearer' })
      .send({ type: 'bundle', id: `bundle--${'0'.repeat(8)}-0000-4000-8000-${'0'.repeat(12)}`, objects: [INDICATOR] })
      .expect(200);
    await running.http.put('/api/v1/rule-filters').auth(analyst, { type: 'bearer' }).send({ document: FILTER }).expect(200);
    exported = await runGatra(['tenant', 'export', '--tenant', 'acme-corp', '--data-dir', running.dataDir, '--out', out], env());
  });
  afterAll(async () => {
    await running.close();
    rmSync(place, { recursive: true, force: true });
  });

  const INDICATOR = {
    type: 'indicator',
    spec_version: '2.1',
    id: 'indicator--11111111-1111-4111-8111-111111111111',
    created: '2026-01-01T00:00:00.000Z',
    modified: '2026-01-01T00:00:00.000Z',
    name: 'a bad address',
    pattern: "[ipv4-addr:value = '198.51.100.7']",
    pattern_type: 'stix',
    valid_from: '2026-01-01T00:00:00Z',
  };
  const FILTER = `title: Backups of canaryacme7
id: 8f3c3f0e-51a9-4a4e-9d6c-2b8a4b7e6d01
logsource: { product: windows }
filter:
  rules: any
  selection: { User: canaryacme7 }
  condition: selection
`;
  async function send(tenant: keyof typeof CANARY): Promise<string> {
    const { body } = await running.http
      .post('/api/v1/events?source=linux-auth')
      .set({ 'X-API-Key': running.apiKey(tenant, 'collector'), 'Content-Type': 'application/x-ndjson' })
      .send(`${[...LINES(CANARY[tenant]), 'not an event'].join('\n')}\n`)
      .expect(202);
    expect([body.accepted, body.rejected.length]).toEqual([2, 1]);
    return body.batch_id as string;
  }
  const imported = (from: string, id?: string): Promise<CommandResult> =>
    runGatra(['tenant', 'import', '--from', from, '--data-dir', running.dataDir, ...(id === undefined ? [] : ['--as', id])], env());
  const asOperator = async (method: 'get' | 'post', path: string, body?: object) =>
    running.http[method](path)
      .auth(await running.token('platform'), { type: 'bearer' })
      .send(body);
  const manifestOf = (directory: string): ExportManifest =>
    JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) as ExportManifest;

  const rewrite = (directory: string, change: (manifest: ExportManifest) => object): void =>
    writeFileSync(join(directory, 'manifest.json'), JSON.stringify(change(manifestOf(directory))));
  const replace = (directory: string, path: string, plain: string, claim: object = {}): void => {
    const bytes = gzipSync(plain);
    writeFileSync(join(directory, path), bytes);
    const sound = { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
    const described = { plain_bytes: Buffer.byteLength(plain), lines: plain.split('\n').length - 1 };
    rewrite(directory, (manifest) => ({
      ...manifest,
      files: manifest.files.map((file) => (file.path === path ? { ...file, ...sound, ...described, ...claim } : file)),
    }));
  };

  it('R47 an export holds the original lines in their batches, everything that came of them, and a verified audit log', () => {
    expect(exported).toMatchObject({ code: 0, err: '' });
    const month = new Date().toISOString().slice(0, 7);
    const [first] = exportLines<{ type: string; batch_id: string; events: { raw: string; rules: string[] }[] }>(out, `events-${month}`);
    expect([first?.type, first?.batch_id, first?.events.map(({ raw }) => raw)]).toEqual(['batch', batch, LINES(CANARY['acme-corp'])]);
    expect(first?.events[0]?.rules.length).toBeGreaterThan(0);
    expect(exportLines(out, 'alerts')[0]).toMatchObject({ tenant_id: 'acme-corp', verdict: { score: expect.any(Number) } });
    expect(exportLines(out, 'incidents').length).toBeGreaterThan(0);
    expect(exportLines(out, 'feedback')).toMatchObject([{ verdict: 'true_positive', comments: 'it was' }]);
    expect(exportLines(out, 'indicators')).toMatchObject([{ external_id: INDICATOR.id, source: 'api' }]);
    expect(exportLines(out, 'rule_filters')).toMatchObject([{ document: FILTER, version: 1, updated_at: expect.any(String) }]);
    const log = exportLines<{ action: string; hash: string }>(out, 'audit');
    expect(log.at(-1)?.action).toBe('tenant.exported');
    expect(manifestOf(out).audit).toEqual({ records: log.length, head: log.at(-1)?.hash, fault: null });
  });

  it('R47 trap.export-isolation an export holds nothing of another tenant, and no key or hash of one', () => {
    const text = exportText(out);
    expect(text).toContain(CANARY['acme-corp']);
    expect(text).not.toContain(CANARY.globex);
    expect(text).not.toContain('globex');
    const db = new DatabaseSync(join(running.dataDir, 'platform.db'), { readOnly: true });
    const hashes = db.prepare('SELECT hash FROM api_key').all();
    const wrapped = db.prepare('SELECT wrapped FROM tenant_key').all();
    db.close();
    expect([hashes.length > 0, wrapped.length > 0]).toEqual([true, true]);
    for (const { hash } of hashes) expect(text).not.toContain(String(hash));
    for (const { wrapped: key } of wrapped) expect(text).not.toContain(Buffer.from(key as Uint8Array).toString('base64'));
    for (const { api_key: key } of Object.values(running.bootstrap.tenants['acme-corp'] ?? {})) expect(text).not.toContain(key);
  });

  it('R47 an import beside the running app gives the events back byte for byte, under the same ids, sealed with keys of its own', async () => {
    const made = await imported(out, 'acme-copy');
    expect(made).toMatchObject({ code: 0, err: '', out: expect.stringContaining('acme-copy: 2 events, 1 indicators, 1 rule filters') });
    await eventually(async () => expect((await asOperator('get', '/api/v1/tenants/acme-copy')).status).toBe(200));
    const key = async (role: string): Promise<string> =>
      (await asOperator('post', '/api/v1/tenants/acme-copy/api-keys', { principal: `${role}@copy`, roles: [role] })).body.api_key as string;
    const [collector, admin] = [await key('collector'), await key('tenant-admin')];
    const token = (await running.http.post('/api/v1/auth/token').set('X-API-Key', admin).expect(200)).body.access_token as string;
    const read = async (path: string) => (await running.http.get(path).auth(token, { type: 'bearer' }).expect(200)).body;
    for (const [index, line] of LINES(CANARY['acme-corp']).entries()) {
      expect(await read(`/api/v1/events/${batch}.${index}`)).toMatchObject({ tenant_id: 'acme-copy', raw: line });
    }
    expect((await read(`/api/v1/events?host=${CANARY['acme-corp']}`)).items).toHaveLength(2);
    const { items: rules } = await read(`/api/v1/events?rule_id=${(await read(`/api/v1/events/${batch}.0`)).rules[0] as string}`);
    expect(rules).toHaveLength(1);
    expect(await read(`/api/v1/events/batches/${batch}`)).toMatchObject({ received: 3, accepted: 2, rejected: { malformed_json: 1 } });
    expect(await read('/api/v1/accounting')).toMatchObject({ remainder: 0, hours: [{ received: 3, stored: 2 }] });
    expect((await read('/api/v1/intel/indicators')).items).toMatchObject([{ external_id: INDICATOR.id }]);
    expect(await read('/api/v1/rule-filters')).toMatchObject({
      document: FILTER,
      version: 1,
      filters: [{ title: 'Backups of canaryacme7' }],
      issues: [],
    });
    expect((await read('/api/v1/alerts')).items).toEqual([]);
    const { items: log } = await read('/api/v1/audit?action=tenant.imported');
    expect(log).toMatchObject([{ details: { from: 'acme-corp', events: 2, audit: { fault: null } } }]);

    const directory = tenantDirectoryPath(running.dataDir, toTenantId('acme-copy'));
    const db = new DatabaseSync(join(directory, `events-${new Date().toISOString().slice(0, 7)}.db`), { readOnly: true });
    const bodies = db.prepare('SELECT body FROM block').all();
    db.close();
    expect(bodies.map(({ body }) => isSealed(body as Uint8Array))).toEqual([true]);
    const sent = await running.http
      .post('/api/v1/events?source=linux-auth')
      .set({ 'X-API-Key': collector, 'Content-Type': 'application/x-ndjson' })
      .send(`${LINES('new-host').join('\n')}\n`)
      .expect(202);
    expect(sent.body.accepted).toBe(2);
    const verified = await runGatra(['audit', 'verify', '--data-dir', running.dataDir], env());
    expect(verified).toMatchObject({ code: 0, out: expect.stringMatching(/acme-copy: \d+ records/) });
    expect(verified.out).toMatch(/evidence of acme-corp\/[0-9a-f]{16}: \d+ records/);

    const again = join(place, 'again');
    await runGatra(['tenant', 'export', '--tenant', 'acme-copy', '--data-dir', running.dataDir, '--out', again], env());
    expect(exportLines(again, 'evidence').map(({ record }) => record)).toEqual(exportLines(out, 'audit'));
  });

  it('R47 what an export says was not inspected is inspected beside the running app, and becomes alerts', async () => {
    const from = join(place, 'waiting');
    cpSync(out, from, { recursive: true });
    const name = `events-${new Date().toISOString().slice(0, 7)}`;
    const lines = exportLines<{ type: string }>(from, name).map((line) => (line.type === 'batch' ? { ...line, inspected: false } : line));
    replace(from, `${name}.ndjson.gz`, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    expect(await imported(from, 'acme-late')).toMatchObject({ code: 0, err: '' });
    await eventually(async () => expect((await asOperator('get', '/api/v1/tenants/acme-late')).status).toBe(200));
    const { body } = await asOperator('post', '/api/v1/tenants/acme-late/api-keys', { principal: 'a@late', roles: ['analyst'] });
    const token = (await running.http.post('/api/v1/auth/token').set('X-API-Key', body.api_key).expect(200)).body.access_token as string;
    const read = async (path: string) => (await running.http.get(path).auth(token, { type: 'bearer' }).expect(200)).body;
    await eventually(async () => expect((await read('/api/v1/alerts')).items).toHaveLength(1));
    expect(await read(`/api/v1/events/batches/${batch}`)).toMatchObject({ accepted: 2, inspected: true });
  });

  it('R47 refuses an export that is damaged, unfinished or larger than its manifest, and a tenant that is there; nothing is left behind', async () => {
    const month = `events-${new Date().toISOString().slice(0, 7)}.ndjson.gz`;
    const before = readdirSync(join(running.dataDir, 'tenants')).sort();
    const damaged = (name: string, damage: (directory: string) => void): string => {
      const from = join(place, name);
      cpSync(out, from, { recursive: true });
      damage(from);
      return from;
    };
    const fault = async (name: string, damage: (directory: string) => void): Promise<string> => {
      const from = damaged(name, damage);
      try {
        await checkExport(from, readExportManifest(from));
      } catch (error) {
        expect(error).toBeInstanceOf(ExportError);
        return (error as Error).message;
      }
      return '';
    };
    const refused = async (name: string, damage: (directory: string) => void, id = 'fresh-one'): Promise<string> => {
      const { code, err } = await imported(damaged(name, damage), id);
      expect([code, readdirSync(join(running.dataDir, 'tenants')).sort()]).toEqual([1, before]);
      expect(readdirSync(running.dataDir).filter((entry) => entry.startsWith('importing'))).toEqual([]);
      expect((await asOperator('get', `/api/v1/tenants/fresh-one`)).status).toBe(404);
      return err;
    };
    expect(await fault('unfinished', (from) => rmSync(join(from, 'manifest.json')))).toContain('no finished export');
    expect(
      await refused('flipped', (from) => {
        const bytes = readFileSync(join(from, month));
        bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1;
        writeFileSync(join(from, month), bytes);
      }),
    ).toContain('is not what was exported');
    expect(await fault('longer', (from) => appendFileSync(join(from, month), 'x'))).toContain('is not what was exported');
    expect(await fault('fewer', (from) => rmSync(join(from, 'alerts.ndjson.gz')))).toContain('is missing');
    expect(await fault('more', (from) => writeFileSync(join(from, 'extra'), ''))).toContain('does not name it');
    expect(await fault('later', (from) => rewrite(from, (manifest) => ({ ...manifest, version: 2 })))).toContain('version 2');
    expect(await fault('bomb', (from) => replace(from, month, `"${' '.repeat(1_000_000)}"\n`, { plain_bytes: 100 }))).toContain(
      'holds more than its manifest says',
    );
    expect(await refused('other', (from) => replace(from, month, '{"type":"batch"}\n'))).toContain('not one of an exported month');
    expect(await refused('shorter-log', (from) => replace(from, 'audit.ndjson.gz', ''))).toContain('does not end where the manifest says');
    expect(await refused('taken', () => undefined, 'globex')).toContain('there is a tenant globex');
    const filters = (lines: readonly object[]) => (from: string) =>
      replace(from, 'rule_filters.ndjson.gz', lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    expect(await refused('filters-long', filters([{ document: 'x'.repeat(65_537) }]))).toContain('rule_filters holds no filters');
    expect(await refused('filters-two', filters([{ document: 'a' }, { document: 'b' }]))).toContain('more than the filters of one tenant');
    expect(await refused('filters-many', filters([{ document: 'a\n---\n'.repeat(1_001) }]))).toContain('more than 1000 documents');
    expect(await fault('whole', () => undefined)).toBe('');
  });
});
