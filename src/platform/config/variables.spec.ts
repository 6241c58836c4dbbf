import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sourceFiles } from '../../../test/support/source-files.js';
import { loadSecrets } from '../secrets/load-secrets.js';
import { readConfig } from './environment.js';
import { EnvironmentError, type Environment } from './variable-reader.js';
import { VARIABLES, variableNamed } from './variables.js';

/** What makes every variable count: parts that are used, and each lake once. */
const PARTS = { GCP_PUBSUB_PROJECT: 'soc', SHUTDOWN_GRACE_SECONDS: '600' };
const ENVIRONMENTS: readonly Environment[] = [
  { ...PARTS, EVENT_LAKE: 'clickhouse', CLICKHOUSE_URL: 'https://clickhouse.example:8443' },
  { ...PARTS, EVENT_LAKE: 'bigquery', GCP_PROJECT_ID: 'soc' },
];

const NUMBERS = /^([\d.]+) to ([\d.]+)$/;
const withRange = VARIABLES.flatMap(({ name, range }) => (range === undefined ? [] : [{ name, range }]));
const withDefault = VARIABLES.flatMap((variable) =>
  variable.default === undefined ? [] : [{ name: variable.name, usual: variable.default }],
);

function without(env: Environment, name: string): Environment {
  return Object.fromEntries(Object.entries(env).filter(([other]) => other !== name));
}

/** Whether a value of a variable is refused, in some environment, by the variable's name. */
function isRefused(name: string, value: string): boolean {
  return ENVIRONMENTS.some((env) => {
    try {
      readConfig({ ...env, [name]: value });
      return false;
    } catch (error) {
      return (error as EnvironmentError).faults.some((fault) => fault.startsWith(`${name} must be `));
    }
  });
}

/** Names that are asked for while the configuration and the secrets are read. */
async function namesRead(env: Environment): Promise<readonly string[]> {
  const names = new Set<string>();
  const watched = new Proxy(env, {
    get: (target, name) => {
      names.add(String(name));
      return Reflect.get(target, name) as unknown;
    },
  });
  await expect(loadSecrets(readConfig(watched), watched)).rejects.toBeInstanceOf(EnvironmentError);
  return [...names];
}

describe('the table of variables', () => {
  let dataDir: string;
  beforeAll(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'gatra-variables-'));
  });
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  it('R62 names each variable that is read, and no other', async () => {
    const read = (await Promise.all(ENVIRONMENTS.map((env) => namesRead({ ...env, GATRA_DATA_DIR: dataDir, METRICS_PORT: '0' })))).flat();
    const elsewhere = sourceFiles('src')
      .flatMap(({ text }) => [...text.matchAll(/processEnvironment\(\)\['(\w+)'\]/g)])
      .map(([, name = '']) => name);
    expect(elsewhere).toContain('GATRA_DATA_DIR');
    expect([...read, ...elsewhere].filter((name) => variableNamed(name) === undefined)).toEqual([]);
    expect(VARIABLES.filter(({ name }) => !read.includes(name)).map(({ name }) => name)).toEqual([]);
  });

  it('R62 knows names that vary, and no others', () => {
    expect(variableNamed('RETRY_SECRET_MANAGER_MAX_ATTEMPTS')?.name).toBe('RETRY_MAX_ATTEMPTS');
    expect(variableNamed('CIRCUIT_BREAKER_REDIS_RECOVERY_TIMEOUT')?.name).toBe('CIRCUIT_BREAKER_RECOVERY_TIMEOUT');
    expect(variableNamed('JWT_SECRET_NEXT')?.name).toBe('JWT_SECRET');
    for (const name of ['OUTBOUND_REDIS_ALLOW', 'RETRY_DISK_MAX_ATTEMPTS', 'LOG_LEVEL_NEXT', 'JWT_SECRETS'])
      expect(variableNamed(name)).toBeUndefined();
  });

  it('R62 names each once, in a line of its own', () => {
    expect(new Set(VARIABLES.map(({ name }) => name)).size).toBe(VARIABLES.length);
    for (const { description } of VARIABLES) expect(description).toMatch(/^[^\n|]{5,240}[^\n|.]$/);
  });

  it.each(withDefault)('R62 $name is $usual where nothing is said', ({ name, usual }) => {
    for (const env of ENVIRONMENTS) expect(readConfig({ ...env, [name]: usual })).toEqual(readConfig(without(env, name)));
  });

  it.each(withRange)('R62 $name may be $range', ({ name, range }) => {
    const [, least, most] = NUMBERS.exec(range) ?? [];
    const fit = least === undefined || most === undefined ? range.split(', ') : [least, most];
    const unfit = least === undefined || most === undefined ? [`${range}, other`] : outside(Number(least), Number(most));
    expect(fit.filter((value) => isRefused(name, value))).toEqual([]);
    expect(unfit.filter((value) => !isRefused(name, value))).toEqual([]);
  });
});

/** Values just outside a range. */
function outside(least: number, most: number): readonly string[] {
  return [least > 0 && least < 1 ? least / 2 : least - 1, most + 1].map(String);
}
