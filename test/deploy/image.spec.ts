import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bubble, DATA, describeInBubble, IMAGE_USER, SECRETS, writesIn, type BubbleProcess } from '../support/bubble.js';
import { execForm, healthCommand, readDockerfile, said } from '../support/dockerfile.js';
import { eventually } from '../support/eventually.js';
import { fileSums } from '../support/file-sums.js';
import { ImageContent } from '../support/image-content.js';
import { starterExample } from '../support/starter-example.js';
import { tracing } from '../support/strace.js';
import { UNHURRIED } from '../support/unhurried.js';

const PATIENCE_MS = 60_000;
const CALLS = [
  'execve',
  'open',
  'openat',
  'creat',
  'mkdir',
  'mkdirat',
  'rename',
  'renameat',
  'renameat2',
  'unlink',
  'unlinkat',
  'link',
  'linkat',
  'symlink',
  'symlinkat',
  'truncate',
];
/** Where the image may be written: its data and its passing files. */
const DECLARED = [DATA, '/tmp', '/dev/null'];
/** What a process learns of itself and of what it may do. */
const FACTS = `
const fs = require('node:fs');
const status = Object.fromEntries(fs.readFileSync('/proc/self/status', 'utf8').split('\\n').map((line) => line.split(/:\\s*/)));
const attempt = (work) => { try { work(); return 'done'; } catch (error) { return error.code; } };
console.log(JSON.stringify({
  pid: process.pid, uid: process.getuid(), gid: process.getgid(), groups: process.getgroups(),
  capabilities: ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map((name) => Number.parseInt(status[name], 16)),
  noNewPrivileges: status.NoNewPrivs,
  processes: fs.readdirSync('/proc').filter((name) => /^\\d+$/.test(name)).length,
  writes: Object.fromEntries(['/', '/app', '/app/dist', '/etc', '/nodejs/bin', '/run/secrets/app', '/tmp', '${DATA}'].map((directory) =>
    [directory, attempt(() => { fs.writeFileSync(directory + '/probe', ''); fs.rmSync(directory + '/probe'); })])),
  shells: ['/bin/sh', '/bin/bash', '/usr/bin/env', '/bin/busybox'].filter((path) => fs.existsSync(path)),
  root: attempt(() => process.setuid(0)),
}));`;

const secret = (): string => randomBytes(32).toString('hex');
const example = starterExample('linux/root-login-from-public-address');
const { last, variables } = readDockerfile(readFileSync('Dockerfile', 'utf8'));
const SET = Object.fromEntries(variables.filter(([, value]) => value !== '' && !value.includes('$')));
/** What the image starts, without the program itself, and what it asks for its health. */
const [, ...flags] = execForm(said(last, 'ENTRYPOINT')) ?? [];
const main = [...flags, ...(execForm(said(last, 'CMD')) ?? [])];
const [, ...health] = healthCommand(last) ?? [];

describeInBubble('the content of the image', () => {
  const traces = mkdtempSync(join(tmpdir(), 'gatra-traces-'));
  const settings = {
    ...SET,
    ENVIRONMENT: 'production',
    HOST: '127.0.0.1',
    GATRA_SECRETS_FILE: SECRETS,
    INGEST_WORKERS: '1',
    SHUTDOWN_DELAY_SECONDS: '0',
    ...UNHURRIED,
  };
  let image: ImageContent;
  let bubble: Bubble;
  let app: BubbleProcess | undefined;

  beforeAll(async () => {
    image = await ImageContent.make();
    bubble = Bubble.make(image.directory, {
      JWT_SECRET: secret(),
      SERVICE_API_KEY: secret(),
      API_KEY_PEPPER: secret(),
      DATA_ENCRYPTION_KEY: secret(),
    });
  }, 300_000);
  afterAll(() => {
    app?.kill();
    bubble?.remove();
    image?.remove();
    rmSync(traces, { recursive: true, force: true });
  });

  it('SUP-05 two builds in two directories are equal, byte for byte', () => {
    const own = fileSums('dist', (path) => path.startsWith('bundle/compiled'));
    expect(Object.keys(own).length).toBeGreaterThan(500);
    expect(fileSums(join(image.workshop, 'dist'))).toEqual(own);
  });

  it('OPS-01 R60 holds what runs alone: dependencies of production, no source, no test, no type', () => {
    const app = join(image.directory, 'app');
    expect(readdirSync(app).sort()).toEqual([
      '.npmrc',
      'LICENSE',
      'config',
      'dist',
      'healthcheck.mjs',
      'node_modules',
      'package-lock.json',
      'package.json',
    ]);
    const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      packages: Record<string, { dev?: boolean; devOptional?: boolean }>;
    };
    const installed = Object.keys(
      (JSON.parse(readFileSync(join(app, 'node_modules/.package-lock.json'), 'utf8')) as { packages: object }).packages,
    );
    expect(installed.length).toBeGreaterThan(200);
    expect(installed.filter((path) => packages[path]?.dev || packages[path]?.devOptional)).toEqual([]);
    for (const absent of ['typescript', 'jest', 'node', 'esbuild']) expect(existsSync(join(app, 'node_modules', absent))).toBe(false);
    const files = readdirSync(app, { recursive: true, encoding: 'utf8' });
    expect(files.filter((path) => /\.(d\.ts|map)$|^dist\/.*\.spec\.js$/.test(path))).toEqual([]);
    expect(readdirSync(join(image.directory, 'data'))).toEqual([]);
  });

  it('OPS-02 a process in it is nobody, alone, and can write its data and its passing files alone', async () => {
    const { code, out, err } = await bubble.run(['-e', FACTS]);
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(out)).toEqual({
      pid: 1,
      uid: IMAGE_USER,
      gid: IMAGE_USER,
      groups: [IMAGE_USER],
      capabilities: [0, 0, 0, 0, 0],
      noNewPrivileges: '1',
      processes: 1,
      writes: {
        '/': 'EROFS',
        '/app': 'EROFS',
        '/app/dist': 'EROFS',
        '/etc': 'ENOENT',
        '/nodejs/bin': 'EROFS',
        '/run/secrets/app': 'EROFS',
        '/tmp': 'done',
        [DATA]: 'done',
      },
      shells: [],
      root: expect.stringMatching(/^E(PERM|INVAL)$/),
    });
  });

  it('OPS-02 R60 serves there: first credentials, health, events, an alert, and ends with 0 when it is told to stop', async () => {
    const made = await bubble.run(['/app/dist/cli/gatra.js', 'bootstrap'], settings);
    expect([made.code, made.out.trim(), made.err]).toEqual([0, `${DATA}/bootstrap.json`, '']);

    const trace = join(traces, 'calls');
    const started = await bubble.start(main, { ...settings, PORT: '0' }, tracing(trace, CALLS, 200));
    app = started;
    let base = '';
    await eventually(() => {
      const line = started.printed.find((printed) => printed.includes('"event":"listening"'));
      base = (JSON.parse(line ?? '{}') as { base_url?: string }).base_url ?? '';
      expect([base, started.printed.slice(-5)]).toEqual([expect.stringMatching(/^http/), expect.anything()]);
    }, PATIENCE_MS);
    await eventually(async () => expect((await fetch(`${base}/health/ready`)).status).toBe(200), PATIENCE_MS);
    const { port } = new URL(base);
    expect((await bubble.run(health, { PORT: port })).code).toBe(0);
    expect((await bubble.run([...health, '/health/ready'], { PORT: port })).code).toBe(0);
    expect((await bubble.run([...health, '/nowhere'], { PORT: port })).code).toBe(1);
    expect((await bubble.run(health, { PORT: '1' })).code).toBe(1);

    const { tenants } = JSON.parse(readFileSync(join(bubble.data, 'bootstrap.json'), 'utf8')) as {
      tenants: Record<string, Record<string, { api_key: string }>>;
    };
    const key = (role: string): string => tenants['acme-corp']?.[role]?.api_key ?? '';
    const sent = await fetch(`${base}/api/v1/events`, {
      method: 'POST',
      headers: { 'X-API-Key': key('collector'), 'Content-Type': 'application/json', 'Idempotency-Key': 'image-1' },
      body: JSON.stringify({ source: example.format, events: example.match }),
    });
    expect([sent.status, await sent.json()]).toEqual([202, expect.objectContaining({ accepted: example.match.length })]);
    const exchanged = await fetch(`${base}/api/v1/auth/token`, { method: 'POST', headers: { 'X-API-Key': key('analyst') } });
    const { access_token: token } = (await exchanged.json()) as { access_token: string };
    await eventually(async () => {
      const answer = await fetch(`${base}/api/v1/alerts`, { headers: { Authorization: `Bearer ${token}` } });
      const { items } = (await answer.json()) as { items: { rule: { id: string }; verdict: unknown }[] };
      expect(items.filter(({ rule, verdict }) => rule.id === example.rule && verdict !== null)).not.toEqual([]);
    }, PATIENCE_MS);

    started.signal('SIGTERM');
    expect(await started.ended).toBe(0);
    expect(await fetch(`${base}/health/live`).catch(() => 'away')).toBe('away');

    const writes = writesIn(trace);
    expect(writes.some((line) => line.includes(`"${DATA}/`))).toBe(true);
    expect(writes.filter((line) => !DECLARED.some((path) => line.includes(`"${path}`)))).toEqual([]);
  }, 180_000);
});
