import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretManagerServer } from '../../../test/support/secret-manager-server.js';
import { readConfig } from '../config/environment.js';
import { EnvironmentError } from '../config/variable-reader.js';
import { loadSecrets } from './load-secrets.js';
import { parseRedisUrl } from '../redis/redis-target.js';
import type { Secrets } from './secrets.js';

const FIT = {
  JWT_SECRET: 'a9!'.repeat(9) + 'Lq7zWm2Rt',
  SERVICE_API_KEY: 'Zk4#pQ8vL1xN6sD3fG5hJ7kM9bV2cX0y',
  API_KEY_PEPPER: 'uT5rE2wQ8yI1oP4aS7dF0gH3jK6lZ9xC',
};
/** What may be missing, and must be as good where it is not. */
const OPTIONAL: readonly string[] = ['METRICS_TOKEN', 'DATA_ENCRYPTION_KEY'];
const BAD: readonly (readonly [string, string])[] = [
  ['missing', ''],
  ['short', 'a1b2c3d4'],
  ['one byte short', FIT.SERVICE_API_KEY.slice(1)],
  ['default-looking', 'change-me-change-me-change-me-change-me'],
  ['a placeholder', 'your-256-bit-key-goes-here-0123456789'],
  ['one character over and over', 'a'.repeat(64)],
];

function readRings({ jwtSecret, serviceKey, apiKeyPepper }: Secrets): readonly string[] {
  return [jwtSecret, serviceKey, apiKeyPepper].map((ring) => ring.current.bytes.toString());
}

describe('loadSecrets', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'gatra-secrets-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  const load = async (environment: string, env: Record<string, string>): Promise<Secrets> => {
    const all = { ENVIRONMENT: environment, GATRA_DATA_DIR: dataDir, ...env };
    return loadSecrets(readConfig(all), all);
  };
  const refusal = async (env: Record<string, string>): Promise<string> => {
    const error: unknown = await load('production', env).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(EnvironmentError);
    return (error as EnvironmentError).message;
  };

  it('R11 makes random secrets once in development and keeps them to their owner', async () => {
    const first = readRings(await load('development', {}));
    expect(readRings(await load('development', {}))).toEqual(first);
    expect(first.every((secret) => secret.length >= 32)).toBe(true);
    expect(new Set(first).size).toBe(3);
    const file = join(dataDir, 'secrets.json');
    expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')) as object)).toHaveLength(4);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('R11 makes one set where many start at once', async () => {
    const all = await Promise.all(Array.from({ length: 6 }, () => load('development', {})));
    expect(new Set(all.map((secrets) => readRings(secrets).join(' '))).size).toBe(1);
  });

  it('trap.P13-missing-secret-refuses-start', async () => {
    expect((await load('production', FIT)).jwtSecret.current.bytes.toString()).toBe(FIT.JWT_SECRET);
    for (const name of Object.keys(FIT)) {
      for (const [, bad] of BAD) {
        const message = await refusal({ ...FIT, [name]: bad });
        expect(message).toContain(name);
        if (bad !== '') expect(message).not.toContain(bad);
      }
    }
  });

  describe.each([...Object.keys(FIT), ...OPTIONAL])('OPS-10 %s', (name) => {
    it.each(BAD.filter(([, bad]) => bad !== '' || !OPTIONAL.includes(name)))('refuses the start where it is %s', async (_fault, bad) => {
      const message = await refusal({ ...FIT, [name]: bad });
      expect(message).toContain(name);
      for (const other of Object.keys(FIT).filter((known) => known !== name)) expect(message).not.toContain(other);
      for (const value of [bad, ...Object.values(FIT)].filter(Boolean)) expect(message).not.toContain(value);
    });

    it.each(['_NEXT', '_PREVIOUS'])('refuses the start where its %s is short', async (suffix) => {
      const message = await refusal({ ...FIT, [name]: 'pW3eR7tY1uI5oA9sD2fG6hJ0kL4zX8cV', [`${name}${suffix}`]: 'a1b2c3d4' });
      expect(message).toContain(name);
      expect(message).not.toContain('a1b2c3d4');
    });
  });

  it.each([
    ['DATABASE_URL', { EVENT_STORE: 'postgres' }],
    ['DATABASE_URL', { DATABASE_MIGRATION_URL: 'postgres://owner:h7Gq2mZp@127.0.0.1/gatra' }],
    ['DATABASE_URL', { DATABASE_URL: 'mysql://app:h7Gq2mZp@127.0.0.1/gatra' }],
    ['DATABASE_URL', { DATABASE_URL: 'postgres://app:h7Gq2mZp@db.example/gatra' }],
    [
      'OTEL_EXPORTER_OTLP_HEADERS',
      { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=h7Gq2mZp', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://spans.example' },
    ],
  ])('OPS-10 refuses the start by %s where %j', async (name, env) => {
    const message = await refusal({ ...FIT, ...env });
    expect(message).toContain(name);
    expect(message).not.toContain('h7Gq2mZp');
  });

  it('OPS-10 refuses two secrets of one value, naming both', async () => {
    const message = await refusal({ ...FIT, SERVICE_API_KEY: FIT.JWT_SECRET });
    expect(message).toContain('SERVICE_API_KEY has the same value as JWT_SECRET');
    expect(message).not.toContain(FIT.JWT_SECRET);
    expect(await refusal({ ...FIT, API_KEY_PEPPER_PREVIOUS: FIT.JWT_SECRET })).toContain('API_KEY_PEPPER');
  });

  it.each(['not a url', 'http://10.0.0.1:6379', 'redis://', 'localhost:6379'])('OPS-10 refuses %j as REDIS_URL', async (url) => {
    const message = await refusal({ ...FIT, REDIS_URL: url });
    expect(message).toContain('REDIS_URL');
    if (url !== 'redis://') expect(message).not.toContain(url);
  });

  it('OPS-10 refuses a Redis that is half configured, and names what is missing', async () => {
    const sentinel = 'rediss+sentinel://gatra:h7Gq2mZp@sentinel.example:26379/gatra';
    const notPem = join(dataDir, 'ca.pem');
    writeFileSync(notPem, 'h7Gq2mZp');
    const cases: readonly (readonly [env: Record<string, string>, fault: RegExp])[] = [
      [{ REDIS_URL: 'rediss+sentinel://gatra:h7Gq2mZp@sentinel.example:26379' }, /REDIS_URL lacks the master's name/],
      [{ REDIS_URL: sentinel, REDIS_SENTINEL_USERNAME: 'app' }, /REDIS_SENTINEL_PASSWORD is missing, as REDIS_SENTINEL_USERNAME is set/],
      [{ REDIS_URL: 'rediss://cache.example', REDIS_SENTINEL_PASSWORD: 'h7Gq2mZp' }, /REDIS_SENTINEL_PASSWORD is set, but .* no Sentinels/],
      [{ REDIS_SENTINEL_PASSWORD: 'h7Gq2mZp' }, /REDIS_SENTINEL_PASSWORD is set, but .* no Sentinels/],
      [{ REDIS_URL: 'redis://127.0.0.1', REDIS_CA_FILE: '/nowhere/ca.pem' }, /REDIS_CA_FILE is set, but REDIS_URL is not a rediss URL/],
      [{ REDIS_URL: sentinel, REDIS_CA_FILE: '/nowhere/ca.pem' }, /REDIS_CA_FILE cannot be read \(ENOENT\)/],
      [{ REDIS_URL: sentinel, REDIS_CA_FILE: notPem }, /REDIS_CA_FILE holds no certificate in PEM/],
    ];
    for (const [env, fault] of cases) {
      const message = await refusal({ ...FIT, ...env });
      expect(message).toMatch(fault);
      expect(message).not.toMatch(/h7Gq2mZp|sentinel\.example/);
    }
    const { redis } = await load('production', {
      ...FIT,
      REDIS_URL: sentinel,
      REDIS_SENTINEL_USERNAME: 'app',
      REDIS_SENTINEL_PASSWORD: 'x9',
    });
    expect(redis?.sentinel).toEqual({ username: 'app', password: 'x9' });
  });

  it('OPS-10 refuses plain Redis on another machine in production, unless that is meant', async () => {
    const url = 'redis://gatra:h7Gq2mZp@cache.example:6379';
    const message = await refusal({ ...FIT, REDIS_URL: url });
    expect(message).toMatch(/REDIS_URL .*REDIS_ALLOW_PLAINTEXT/);
    for (const part of [url, 'cache.example', 'h7Gq2mZp']) expect(message).not.toContain(part);
    expect(await refusal({ ...FIT, REDIS_URL: url, REDIS_ALLOW_PLAINTEXT: '0' })).toContain('REDIS_URL');
    expect(await refusal({ ...FIT, REDIS_URL: url, REDIS_ALLOW_PLAINTEXT: 'yes' })).toContain('REDIS_ALLOW_PLAINTEXT');
    for (const lookalike of ['redis://127.0.0.1.example', 'redis://localhost.example', 'redis://10.0.0.1', 'redis://[::2]'])
      expect(await refusal({ ...FIT, REDIS_URL: lookalike })).toContain('REDIS_URL');
    for (const fit of ['rediss://cache.example', 'redis://127.0.0.1:6379', 'redis://localhost', 'redis://[::1]:6379/1'])
      expect((await load('production', { ...FIT, REDIS_URL: fit })).redis).toEqual(parseRedisUrl(fit));
    expect((await load('production', { ...FIT, REDIS_URL: url, REDIS_ALLOW_PLAINTEXT: '1' })).redis).toEqual(parseRedisUrl(url));
    expect((await load('development', { REDIS_URL: url })).redis).toEqual(parseRedisUrl(url));
    for (const several of ['redis+sentinel://127.0.0.1/gatra', 'redis+cluster://127.0.0.1'])
      expect(await refusal({ ...FIT, REDIS_URL: several })).toMatch(/REDIS_URL .*REDIS_ALLOW_PLAINTEXT/);
  });

  it.each([
    ['SECRETS_REFRESH_SECONDS', '0'],
    ['SECRETS_ACTIVATION_SECONDS', '1'],
    ['SECRETS_ROTATION_DAYS', '-1'],
    ['GCP_SECRET_MANAGER_PROJECT', 'No Such Project'],
    ['GCP_SECRET_MANAGER_PREFIX', 'a/b'],
    ['TLS_CERT_FILE', '/run/tls/cert.pem'],
    ['TLS_KEY_FILE', '/run/tls/key.pem'],
    ['GCP_SECRET_MANAGER_ENDPOINT', 'nowhere'],
    ['GCP_SECRET_MANAGER_ENDPOINT', 'https://secretmanager.europe-west3.rep.googleapis.com'],
    ['GCP_SECRET_MANAGER_ENDPOINT', 'http://127.0.0.1:9090'],
  ])('OPS-10 refuses %s=%s', async (name, value) => {
    const message = await refusal({ ...FIT, [name]: value });
    expect(message).toContain(name);
    expect(message).not.toContain(`${value} `);
  });

  it('OPS-10 takes another endpoint of Secret Manager in production only where that is meant, and only with TLS', () => {
    const read = (endpoint: string) =>
      readConfig({ GCP_SECRET_MANAGER_PROJECT: 'soc-1', GCP_ALLOW_ENDPOINT_OVERRIDE: 'true', GCP_SECRET_MANAGER_ENDPOINT: endpoint });
    expect(read('https://secretmanager.europe-west3.rep.googleapis.com').secrets.manager?.endpoint).toEqual({
      host: 'secretmanager.europe-west3.rep.googleapis.com',
      port: 443,
      plain: false,
    });
    expect(() => read('http://10.0.0.1:9090')).toThrow(/https/);
  });

  it('OPS-10 refuses a secrets file that others can read, in production', async () => {
    const file = join(dataDir, 'secrets.json');
    writeFileSync(file, JSON.stringify(FIT));
    chmodSync(file, 0o640);
    expect(await refusal({})).toMatch(/JWT_SECRET cannot be read: .*chmod 600/);
    chmodSync(file, 0o600);
    expect(readRings(await load('production', {}))).toEqual(Object.values(FIT));
  });

  it('R10 reads a file of another place where one is named', async () => {
    const file = join(dataDir, 'mounted.json');
    writeFileSync(file, JSON.stringify(FIT), { mode: 0o600 });
    expect(readRings(await load('production', { GATRA_SECRETS_FILE: file }))).toEqual(Object.values(FIT));
  });

  describe('with Secret Manager', () => {
    let server: SecretManagerServer;
    beforeEach(async () => {
      server = await SecretManagerServer.start();
    });
    afterEach(() => server.stop());

    const managed = (): Record<string, string> => ({ GCP_SECRET_MANAGER_PROJECT: 'soc-1', GCP_SECRET_MANAGER_ENDPOINT: server.url });

    it('R10 asks Secret Manager, then the environment, then the file, secret by secret', async () => {
      writeFileSync(join(dataDir, 'secrets.json'), JSON.stringify({ ...FIT, JWT_SECRET: 'x', SERVICE_API_KEY: 'x' }), { mode: 0o600 });
      server.put('projects/soc-1/secrets/JWT_SECRET', FIT.JWT_SECRET);
      const secrets = await load('development', { ...managed(), JWT_SECRET: 'y', SERVICE_API_KEY: FIT.SERVICE_API_KEY });
      expect(readRings(secrets)).toEqual(Object.values(FIT));
      await secrets.keeper.close();
    });

    it('OPS-10 refuses the start where Secret Manager cannot be asked, though the environment has every secret', async () => {
      const start = (): Promise<Secrets> => load('development', { ...managed(), ...FIT });
      for (const trouble of ['denied', 'unavailable'] as const) {
        server.trouble = trouble;
        await expect(start()).rejects.toThrow(/JWT_SECRET cannot be read: Secret Manager/);
      }
      server.trouble = 'none';
      server.put('projects/soc-1/secrets/JWT_SECRET', FIT.JWT_SECRET);
      server.setState('projects/soc-1/secrets/JWT_SECRET', 1, 'DISABLED');
      await expect(start()).rejects.toThrow(/JWT_SECRET is missing: no version of it is enabled/);
    });
  });
});
