import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { BuiltApp } from '../support/built-app.js';

const run = promisify(execFile);

describe('gatra bootstrap', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatra-bootstrap-'));
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));
  const secret = (): string => randomBytes(32).toString('hex');
  const env = { ENVIRONMENT: 'production', JWT_SECRET: secret(), SERVICE_API_KEY: secret(), API_KEY_PEPPER: secret() };
  const bootstrap = (more: Record<string, string>): Promise<{ stdout: string }> =>
    run(process.execPath, [resolve('scripts/gatra.mjs'), 'bootstrap'], { env: { GATRA_DATA_DIR: dataDir, ...more } });

  it('R11 stops without secrets, naming them', async () => {
    const failure = (await bootstrap({ ENVIRONMENT: 'production' }).catch((error: unknown) => error)) as { code: number; stderr: string };
    expect(failure.code).toBe(1);
    for (const name of ['JWT_SECRET', 'SERVICE_API_KEY', 'API_KEY_PEPPER']) expect(failure.stderr).toContain(`${name} is missing`);
  });

  it('makes the first credentials of production once, and the app takes them', async () => {
    const file = (await bootstrap(env)).stdout.trim();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const made = readFileSync(file, 'utf8');
    expect((await bootstrap(env)).stdout.trim()).toBe(file);
    expect(readFileSync(file, 'utf8')).toBe(made);
    const app = await BuiltApp.start({ dataDir, env: { ...env, HOST: '127.0.0.1' } });
    try {
      expect(await app.token('acme-corp', 'viewer')).toMatch(/^ey/);
      expect(app.bootstrap.base_url).toBe(app.baseUrl);
      expect(app.printed.filter((line) => line.includes('"event":"tls.absent"'))).toHaveLength(1);
    } finally {
      await app.stop({ keep: true });
    }
  });
});
