import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EnvironmentError, readConfig } from '../config/environment.js';
import { DEVELOPMENT_SECRETS, loadSecrets } from './load-secrets.js';

const FIT = {
  JWT_SECRET: 'a9!'.repeat(9) + 'Lq7zWm2Rt',
  SERVICE_API_KEY: 'Zk4#pQ8vL1xN6sD3fG5hJ7kM9bV2cX0y',
  API_KEY_PEPPER: 'uT5rE2wQ8yI1oP4aS7dF0gH3jK6lZ9xC',
};

describe('loadSecrets', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'gatra-secrets-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  const load = (environment: string, env: Record<string, string>): ReturnType<typeof loadSecrets> =>
    loadSecrets(readConfig({ ENVIRONMENT: environment, GATRA_DATA_DIR: dataDir }), env);

  it('R11 makes random secrets once in development and keeps them', async () => {
    const first = await load('development', {});
    const again = await load('development', {});
    expect(again).toEqual(first);
    expect(first.jwtSecret.current.bytes.length).toBeGreaterThanOrEqual(32);
    expect(Object.keys(JSON.parse(readFileSync(join(dataDir, DEVELOPMENT_SECRETS), 'utf8')) as object)).toHaveLength(4);
  });

  it('trap.P13-missing-secret-refuses-start', async () => {
    expect((await load('production', FIT)).jwtSecret.current.bytes.toString()).toBe(FIT.JWT_SECRET);
    for (const name of Object.keys(FIT)) {
      for (const bad of ['', 'a1b2c3d4', 'change-me-change-me-change-me-change-me', 'a'.repeat(64)]) {
        const error: unknown = await load('production', { ...FIT, [name]: bad }).catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(EnvironmentError);
        expect((error as EnvironmentError).message).toContain(name);
        if (bad !== '') expect((error as EnvironmentError).message).not.toContain(bad);
      }
    }
  });

  it('prefers the environment to the file', async () => {
    await load('development', {});
    expect((await load('development', FIT)).serviceKey.current.bytes.toString()).toBe(FIT.SERVICE_API_KEY);
  });
});
