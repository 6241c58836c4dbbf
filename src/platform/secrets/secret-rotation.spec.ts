import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEntry } from '../audit/audit-record.js';
import { EnvironmentSecretSource } from './environment-secret-source.js';
import { FileSecretSource } from './file-secret-source.js';
import { isRotationDue } from './is-rotation-due.js';
import { SecretChain } from './secret-chain.js';
import { SecretKeeper } from './secret-keeper.js';
import { RotationRefused, SecretRotation } from './secret-rotation.js';

const FIRST = 'Zk4#pQ8vL1xN6sD3fG5hJ7kM9bV2cX0y';
const ACTIVATION_MS = 10_000;
const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 10, 21);

describe('SecretRotation', () => {
  let directory: string;
  let now: number;
  let records: AuditEntry[];
  let chain: SecretChain;
  let rotation: SecretRotation;
  const rotationOf = (of: SecretChain): SecretRotation =>
    new SecretRotation({
      chain: of,
      activationMs: ACTIVATION_MS,
      clock: { now: () => now, isoNow: () => new Date(now).toISOString() },
      audit: { append: async (_log, entries) => (records.push(...entries), []) },
    });
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'gatra-rotation-'));
    const file = join(directory, 'secrets.json');
    writeFileSync(file, JSON.stringify({ JWT_SECRET: FIRST, API_KEY_PEPPER: FIRST, DATA_ENCRYPTION_KEY: FIRST }), { mode: 0o600 });
    now = START;
    records = [];
    chain = new SecretChain([new EnvironmentSecretSource({ SERVICE_API_KEY: FIRST }), new FileSecretSource(file, true)]);
    rotation = rotationOf(chain);
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const uses = async (): Promise<readonly string[]> => (await rotation.list('JWT_SECRET')).map(({ use, state }) => `${use}, ${state}`);

  it('R66 rotates: the new version is accepted, then used, and the old one retires and is disabled at the next rotation', async () => {
    const keeper = new SecretKeeper(chain, ACTIVATION_MS);
    const ring = await keeper.load('JWT_SECRET', now);
    const first = ring?.current.version;
    const second = await rotation.rotate('JWT_SECRET', 'tester');
    expect(await uses()).toEqual(['accepted, enabled', 'current, enabled']);

    expect(await keeper.refresh(now)).toEqual([]);
    expect(ring?.live.map(({ version }) => version)).toEqual([first, second]);
    keeper.settle(now + ACTIVATION_MS);
    expect(ring?.live.map(({ version }) => version)).toEqual([second, first]);

    now += DAY_MS;
    expect(await uses()).toEqual(['current, enabled', 'none, enabled']);
    await rotation.rotate('JWT_SECRET', 'tester');
    expect(await uses()).toEqual(['accepted, enabled', 'current, enabled', 'none, disabled']);
  });

  it('R66 writes what is done and by whom before it is done and after, and never a value', async () => {
    const version = await rotation.rotate('JWT_SECRET', 'tester');
    const [, old] = await rotation.list('JWT_SECRET');
    await rotation.retire('JWT_SECRET', old?.version ?? '', { actor: 'tester' });
    expect(records.map(({ action, outcome, actor, target }) => [action, outcome, actor.id, target.id])).toEqual([
      ['secret.rotated.begun', 'success', 'tester', 'JWT_SECRET'],
      ['secret.rotated', 'success', 'tester', 'JWT_SECRET'],
      ['secret.retired.begun', 'success', 'tester', 'JWT_SECRET'],
      ['secret.retired', 'success', 'tester', 'JWT_SECRET'],
    ]);
    const values = (await chain.find('JWT_SECRET'))?.versions.flatMap(({ bytes }) => bytes?.toString() ?? []) ?? [];
    expect(values).toHaveLength(1);
    for (const value of [FIRST, ...values]) expect(JSON.stringify(records)).not.toContain(value);
    expect(JSON.stringify(records)).toContain(version);
  });

  it.each([
    ['the only version', 'JWT_SECRET', /only enabled version/],
    ['what the environment holds', 'SERVICE_API_KEY', /SERVICE_API_KEY_NEXT/],
    ['what no source holds', 'METRICS_TOKEN', /no source/],
    ['a pepper, unless that is forced', 'API_KEY_PEPPER', /--force/],
    ['what data is wrapped with', 'DATA_ENCRYPTION_KEY', /--force/],
  ] as const)('R66 refuses to retire %s', async (_what, name, reason) => {
    const [current] = await rotation.list(name);
    const retiring = rotation.retire(name, current?.version ?? '', { actor: 'tester' });
    await expect(retiring).rejects.toBeInstanceOf(RotationRefused);
    await expect(retiring).rejects.toThrow(reason);
    expect(records).toEqual([]);
  });

  it('R66 refuses to rotate what the environment holds and what data is wrapped with, and says what to do', async () => {
    await expect(rotation.rotate('SERVICE_API_KEY', 'tester')).rejects.toThrow(/SERVICE_API_KEY_NEXT/);
    await expect(rotation.rotate('DATA_ENCRYPTION_KEY', 'tester')).rejects.toThrow(/encryption\.md/);
    expect(records).toEqual([]);
  });

  it('R66 keeps old peppers until they are retired', async () => {
    await rotation.rotate('API_KEY_PEPPER', 'tester');
    now += 365 * DAY_MS;
    expect((await rotation.list('API_KEY_PEPPER')).map(({ use }) => use)).toEqual(['current', 'accepted']);
  });

  it('R66 keeps the last good versions where the source goes bad, and says which secret and why', async () => {
    const keeper = new SecretKeeper(chain, ACTIVATION_MS);
    const ring = await keeper.load('JWT_SECRET', now);
    for (const bad of ['{', '{}', '{"JWT_SECRET": "short"}']) {
      writeFileSync(join(directory, 'secrets.json'), bad, { mode: 0o600 });
      const failures = await keeper.refresh(now + 1_000);
      expect(failures).toMatchObject([{ secret: 'JWT_SECRET' }]);
      expect(ring?.current.bytes.toString()).toBe(FIRST);
    }
    expect(keeper.age(now + 60_000)).toBe(60_000);
    writeFileSync(join(directory, 'secrets.json'), JSON.stringify({ JWT_SECRET: `${FIRST}${FIRST}` }), { mode: 0o600 });
    expect(await keeper.refresh(now + 60_000)).toEqual([]);
    expect(ring?.current.bytes.toString()).toBe(`${FIRST}${FIRST}`);
    expect(keeper.age(now + 60_000)).toBe(0);
  });

  it('R66 a schedule is due once the newest version is old enough, or of unknown age', async () => {
    expect(isRotationDue(await rotation.list('JWT_SECRET'), now, 30)).toBe(true);
    await rotation.rotate('JWT_SECRET', 'tester');
    expect(isRotationDue(await rotation.list('JWT_SECRET'), now + 30 * DAY_MS - 1, 30)).toBe(false);
    expect(isRotationDue(await rotation.list('JWT_SECRET'), now + 30 * DAY_MS, 30)).toBe(true);
    expect(isRotationDue([], now, 30)).toBe(false);
  });
});
