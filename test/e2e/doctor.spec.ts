import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { DoctorReport } from '../../src/cli/doctor/doctor-report.js';
import { BuiltApp } from '../support/built-app.js';
import { Certificates } from '../support/certificates.js';
import { runGatra } from '../support/run-gatra.js';

const PATIENCE_MS = 180_000;

type Env = Readonly<Record<string, string>>;

const idsOf = ({ checks }: DoctorReport, outcome: string): readonly string[] =>
  checks.filter((check) => check.outcome === outcome).map(({ id }) => id);

async function doctor(
  words: readonly string[],
  env: Env,
): Promise<{ readonly code: number | null; readonly report: DoctorReport; readonly out: string }> {
  const { code, out, err } = await runGatra(['doctor', '--json', ...words], env);
  if (!out.startsWith('{')) throw new Error(`no report: ${out}${err}`);
  return { code, report: JSON.parse(out) as DoctorReport, out };
}

describe('gatra doctor', () => {
  describe('on a well-configured deployment', () => {
    const certificates = new Certificates();
    const directory = mkdtempSync(join(tmpdir(), 'gatra-doctor-'));
    const dataDir = join(directory, 'data');
    const secret = (): string => randomBytes(48).toString('base64url');
    const env: Env = {
      ENVIRONMENT: 'production',
      GATRA_DATA_DIR: dataDir,
      HOST: '127.0.0.1',
      PORT: '0',
      INGEST_WORKERS: '1',
      TLS_CERT_FILE: certificates.certFile,
      TLS_KEY_FILE: certificates.keyFile,
      JWT_SECRET: secret(),
      SERVICE_API_KEY: secret(),
      API_KEY_PEPPER: secret(),
      DATA_ENCRYPTION_KEY: secret(),
      METRICS_TOKEN: secret(),
      SECRETS_ROTATION_DAYS: '90',
      CORS_ORIGINS: 'https://soc.example',
      NODE_EXTRA_CA_CERTS: certificates.certFile,
    };
    const credentials = join(directory, 'credentials.json');
    const backups = join(directory, 'backups');
    let app: BuiltApp;

    beforeAll(async () => {
      certificates.place(certificates.make());
      mkdirSync(dataDir, { mode: 0o700 });
      expect(await runGatra(['bootstrap'], env)).toMatchObject({ code: 0 });
      app = await BuiltApp.start({ dataDir, env });
      renameSync(join(dataDir, 'bootstrap.json'), credentials);
      expect(await runGatra(['backup', '--out', join(backups, 'today')], env)).toMatchObject({ code: 0 });
    }, PATIENCE_MS);
    afterAll(async () => {
      await app.stop({ atOnce: true });
      rmSync(directory, { recursive: true, force: true });
      certificates.remove();
    });

    it(
      'R65 finds nothing wrong, and says what it cannot know',
      async () => {
        const words = ['--url', app.baseUrl, '--credentials', credentials, '--environment', '--backups', backups];
        const { code, report, out } = await doctor(words, env);
        expect(idsOf(report, 'fail')).toEqual([]);
        expect(code).toBe(0);
        expect(idsOf(report, 'unknown')).toEqual(['settings.secret-manager', 'deployment.waf']);
        expect(report.counts.pass).toBeGreaterThan(45);
        for (const name of ['JWT_SECRET', 'SERVICE_API_KEY', 'API_KEY_PEPPER', 'METRICS_TOKEN']) expect(out).not.toContain(env[name]);
        expect(report.checks.find(({ id }) => id === 'deployment.unauthenticated')?.reason).toMatch(/^\d{2,3} operations answered 401$/);
      },
      PATIENCE_MS,
    );

    it(
      'R65 finds what an environment lacks, by the names of the variables',
      async () => {
        const { JWT_SECRET: _missing, ...rest } = env;
        const weak = { ...rest, SERVICE_API_KEY: 'hunter2hunter2', GATRA_ROLE: 'hunter3', LOG_LEVEL: 'hunter4', NODE_ENV: 'development' };
        const bad = await doctor([], weak);
        expect(bad.code).toBe(1);
        expect(idsOf(bad.report, 'fail')).toEqual(['environment.usable', 'environment.unread', 'environment.node']);
        expect(bad.out).toMatch(/LOG_LEVEL must be one of/);
        const short = await doctor([], { ...weak, LOG_LEVEL: 'info' });
        expect(idsOf(short.report, 'fail')).toEqual([
          'environment.jwt-secret',
          'environment.service-key',
          'environment.usable',
          'environment.unread',
          'environment.node',
        ]);
        expect(short.out).toMatch(/JWT_SECRET is missing/);
        expect(bad.out + short.out).not.toContain('hunter');
      },
      PATIENCE_MS,
    );

    it(
      'R65 finds a backup that is missing, credentials that lie about, and a log that was changed',
      async () => {
        const leftBehind = join(dataDir, 'bootstrap.json');
        writeFileSync(leftBehind, '{}');
        const { code, report } = await doctor(['--backups', dataDir], env);
        rmSync(leftBehind);
        expect(code).toBe(1);
        expect(idsOf(report, 'fail')).toEqual(['environment.files', 'environment.backup']);
        const restored = join(directory, 'restored');
        expect(await runGatra(['restore', '--from', join(backups, 'today'), '--data-dir', restored], env)).toMatchObject({ code: 0 });
        chmodSync(restored, 0o755);
        const db = new DatabaseSync(join(restored, 'platform.db'));
        db.exec("DROP TRIGGER audit_log_no_update; UPDATE audit_log SET actor = 'nobody' WHERE idx = 2");
        db.close();
        const changed = await doctor([], { ...env, GATRA_DATA_DIR: restored });
        expect(idsOf(changed.report, 'fail')).toEqual(['environment.files', 'environment.audit']);
      },
      PATIENCE_MS,
    );
  });

  describe('on a weak one', () => {
    let app: BuiltApp;
    let proxy: Server;
    let url: string;

    beforeAll(async () => {
      const weak = { LOG_LEVEL: 'debug', CORS_ORIGINS: 'http://soc.example', TRUSTED_PROXIES: '0.0.0.0/0', RATE_LIMIT_INSTANCES: '3' };
      app = await BuiltApp.start({ env: { ...weak, AUTH_FAILURE_LIMIT: '5000', API_KEY_MAX_DAYS: '3650', GATRA_DISK_RESERVE_BYTES: '0' } });
      const headers = { Authorization: `Bearer ${await app.token('platform')}`, 'Content-Type': 'application/json' };
      const post = async (path: string, body: object): Promise<number> =>
        (await fetch(app.baseUrl + path, { method: 'POST', headers, body: JSON.stringify(body) })).status;
      const ending = { principal: 'jo@acme-corp', roles: ['viewer'], expires_at: new Date(Date.now() + 3 * 86_400_000).toISOString() };
      expect(await post('/api/v1/tenants/acme-corp/api-keys', ending)).toBe(201);
      expect(await post('/admin/circuit-breaker/isolate?service=webhook', {})).toBe(200);
      proxy = careless(app.baseUrl);
      await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
      url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    }, PATIENCE_MS);
    afterAll(async () => {
      proxy.close();
      await app.stop();
    });

    it(
      'R65 finds each weakness that was planted, and ends with 1',
      async () => {
        const { code, report } = await doctor(['--url', url, '--credentials', join(app.dataDir, 'bootstrap.json')], {});
        expect(code).toBe(1);
        expect(idsOf(report, 'fail')).toEqual([
          'settings.environment',
          'settings.log-level',
          'settings.plaintext',
          'settings.proxies',
          'settings.cors',
          'settings.guessing',
          'settings.instances',
          'settings.key-life',
          'settings.metrics',
          'settings.shutdown',
          'settings.reserve',
          'deployment.health',
          'deployment.headers',
          'deployment.cors',
          'deployment.unauthenticated',
          'deployment.isolation',
          'deployment.circuits',
          'deployment.keys',
          'deployment.clock',
        ]);
        const table = await runGatra(['doctor', '--url', url, '--credentials', join(app.dataDir, 'bootstrap.json')], {});
        expect(table.out).toMatch(
          /FAIL {2}deployment.unauthenticated +No operation answers without a credential: GET \/api\/v1\/alerts answered 200\n/,
        );
        expect(table.out).toMatch(/\d+ passed, 19 failed, \d+ not known\n$/);
      },
      PATIENCE_MS,
    );
  });
});

/** A proxy that takes headers away, lets strangers and other tenants in, and has its clock wrong. */
function careless(baseUrl: string): Server {
  return createServer((request, response) => {
    void (async () => {
      const { host: _host, connection: _connection, ...headers } = request.headers as Record<string, string>;
      const { url = '/', method = 'GET' } = request;
      const letsIn = /^\/api\/v1\/alerts$/.test(url) && method === 'GET' && (!headers['authorization'] || headers['x-tenant-id']);
      const answer = letsIn
        ? new Response('{"items":[],"next_cursor":null}')
        : await fetch(baseUrl + url, { method, headers, redirect: 'manual' });
      const body = Buffer.from(await answer.arrayBuffer());
      const {
        'content-encoding': _encoding,
        'transfer-encoding': _transfer,
        'x-frame-options': _frame,
        ...kept
      } = Object.fromEntries(answer.headers);
      const date = new Date(Date.now() - 600_000).toUTCString();
      response
        .writeHead(answer.status, { ...kept, date, 'access-control-allow-origin': '*', 'content-length': body.length, connection: 'close' })
        .end(body);
    })().catch(() => response.writeHead(502).end());
  });
}
