import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EnvironmentSecretSource } from '../../src/platform/secrets/environment-secret-source.js';
import { FileSecretSource } from '../../src/platform/secrets/file-secret-source.js';
import { secretManagerClient } from '../../src/platform/secrets/secret-manager-client.js';
import { SecretManagerSource } from '../../src/platform/secrets/secret-manager-source.js';
import { type SecretSource, SecretSourceError, WritableSecretSource } from '../../src/platform/secrets/secret-source.js';
import { policiesWith } from '../support/outbound-policies.js';
import { SecretManagerServer } from '../support/secret-manager-server.js';

const NAME = 'JWT_SECRET';
const OLD = 'Zk4#pQ8vL1xN6sD3fG5hJ7kM9bV2cX0y-old';
const PROJECT = 'projects/soc-1/secrets/';
const SCOPE = { project: 'soc-1', prefix: 'gatra-' };

interface Rig {
  readonly source: SecretSource;
  close(): Promise<void>;
}

type MakeRig = (value: string | undefined) => Promise<Rig>;

const environment: MakeRig = async (value) => ({
  source: new EnvironmentSecretSource(value === undefined ? {} : { [NAME]: value }),
  close: () => Promise.resolve(),
});

const file: MakeRig = async (value) => {
  const directory = mkdtempSync(join(tmpdir(), 'gatra-secret-file-'));
  const path = join(directory, 'secrets.json');
  if (value !== undefined) writeFileSync(path, JSON.stringify({ [NAME]: value }), { mode: 0o600 });
  return { source: new FileSecretSource(path, true), close: async () => rmSync(directory, { recursive: true }) };
};

const manager: MakeRig = async (value) => {
  const server = await SecretManagerServer.start();
  if (value !== undefined) server.put(`${PROJECT}gatra-${NAME}`, value);
  const source = new SecretManagerSource(
    SCOPE,
    () => secretManagerClient({ host: '127.0.0.1', port: server.port, plain: true }),
    policiesWith(),
  );
  return {
    source,
    async close() {
      await source.close();
      server.stop();
    },
  };
};

describe.each([
  ['environment', environment],
  ['file', file],
  ['secret-manager', manager],
] as const)('secrets of the %s', (kind, make) => {
  let rig: Rig;
  afterEach(() => rig.close());

  it('R10 holds one version of a plain secret, and nothing under another name', async () => {
    rig = await make(OLD);
    expect(rig.source.kind).toBe(kind);
    const versions = await rig.source.read(NAME);
    expect(versions).toHaveLength(1);
    expect(versions?.[0]).toMatchObject({ state: 'enabled', bytes: Buffer.from(OLD) });
    expect(await rig.source.read(NAME)).toEqual(versions);
    expect(await rig.source.read('SERVICE_API_KEY')).toBeUndefined();
  });

  it('R10 holds nothing where it is empty', async () => {
    rig = await make(undefined);
    expect(await rig.source.read(NAME)).toBeUndefined();
  });

  it('R66 adds versions, newest first, and disables them, where it can be written', async () => {
    rig = await make(OLD);
    if (!(rig.source instanceof WritableSecretSource)) return expect(kind).toBe('environment');
    const { source } = rig;
    const [first] = (await source.read(NAME)) ?? [];
    const added = await source.add(NAME, Buffer.from('another value of this secret, 42 bytes'), 1_000_000);
    const both = await source.read(NAME);
    expect(both?.map(({ version }) => version)).toEqual([added, first?.version]);
    expect(both?.map(({ bytes }) => bytes?.toString())).toEqual(['another value of this secret, 42 bytes', OLD]);
    expect(typeof both?.[0]?.createdAt).toBe('number');

    expect(await source.disable(NAME, first?.version ?? '')).toBe(true);
    expect(await source.disable(NAME, first?.version ?? '')).toBe(false);
    expect(await source.disable(NAME, 'no-such-version')).toBe(false);
    expect((await source.read(NAME))?.map(({ state, bytes }) => [state, bytes !== null])).toEqual([
      ['enabled', true],
      ['disabled', false],
    ]);
    await expect(source.add('NO_SUCH_SECRET', Buffer.from('x'.repeat(40)), 0)).rejects.toBeInstanceOf(SecretSourceError);
  });
});

describe('secrets of the environment', () => {
  it('R66 accepts the next and the previous value of a rotation by hand', async () => {
    const read = (env: Record<string, string>) => new EnvironmentSecretSource(env).read(NAME);
    const announced = await read({ JWT_SECRET: 'one', JWT_SECRET_NEXT: 'two' });
    expect(announced?.map(({ state, bytes }) => [state, bytes?.toString()])).toEqual([
      ['announced', 'two'],
      ['enabled', 'one'],
    ]);
    const changed = await read({ JWT_SECRET: 'two', JWT_SECRET_PREVIOUS: 'one' });
    expect(changed?.map(({ version }) => version)).toEqual(announced?.map(({ version }) => version));
    expect(await read({ JWT_SECRET_NEXT: 'two' })).toBeUndefined();
  });
});

describe('the secrets file', () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'gatra-secret-file-'));
    path = join(directory, 'secrets.json');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('R11 is refused where others can read it', async () => {
    writeFileSync(path, JSON.stringify({ [NAME]: OLD }), { mode: 0o600 });
    for (const mode of [0o640, 0o604, 0o660, 0o644]) {
      chmodSync(path, mode);
      await expect(new FileSecretSource(path, true).read(NAME)).rejects.toThrow(/chmod 600/);
    }
    expect(await new FileSecretSource(path, false).read(NAME)).toHaveLength(1);
  });

  it.each([
    '',
    '[]',
    '{"JWT_SECRET": 5}',
    '{"JWT_SECRET": {"versions": [{"version": "1"}]}}',
    '{"JWT_SECRET": {"versions": [{"version": "1", "value": "v", "state": "odd"}]}}',
  ])('R11 is refused without its content where it is %j', async (text) => {
    writeFileSync(path, text, { mode: 0o600 });
    await expect(new FileSecretSource(path, true).read(NAME)).rejects.toBeInstanceOf(SecretSourceError);
  });

  it('R66 is replaced as a whole and privately, by one writer at a time', async () => {
    writeFileSync(path, JSON.stringify({ [NAME]: OLD, SERVICE_API_KEY: 'kept' }), { mode: 0o600 });
    const values = Array.from({ length: 8 }, (_, number) => `value number ${number} of at least 32 bytes, yes`);
    await Promise.all(values.map((value, at) => new FileSecretSource(path, true).add(NAME, Buffer.from(value), at)));
    const versions = await new FileSecretSource(path, true).read(NAME);
    expect(versions?.map(({ bytes }) => bytes?.toString())).toEqual([...values.toReversed(), OLD]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ SERVICE_API_KEY: 'kept' });
  });
});

describe('secrets of Secret Manager', () => {
  const id = `${PROJECT}gatra-${NAME}`;
  let server: SecretManagerServer;
  let source: SecretManagerSource;
  beforeEach(async () => {
    server = await SecretManagerServer.start();
    server.put(id, OLD, 'a newer value of at least thirty-two bytes');
    source = new SecretManagerSource(
      SCOPE,
      () => secretManagerClient({ host: '127.0.0.1', port: server.port, plain: true }),
      policiesWith(),
    );
  });
  afterEach(async () => {
    await source.close();
    server.stop();
  });

  it('R10 accesses each version once, and leaves out what is disabled or destroyed', async () => {
    expect((await source.read(NAME))?.map(({ version }) => version)).toEqual(['2', '1']);
    await source.read(NAME);
    await source.read(NAME);
    expect(server.calls.get('AccessSecretVersion')).toBe(2);
    server.setState(id, 1, 'DISABLED');
    server.setState(id, 2, 'DESTROYED');
    server.add(id, Buffer.from('the newest value of at least thirty-two bytes'), 1_234_567);
    expect(await source.read(NAME)).toMatchObject([
      { version: '3', state: 'enabled', createdAt: 1_234_567 },
      { version: '2', state: 'destroyed', bytes: null },
      { version: '1', state: 'disabled', bytes: null },
    ]);
  });

  it('R10 refuses a payload that its CRC-32C does not belong to', async () => {
    server.trouble = 'damaged';
    await expect(source.read(NAME)).rejects.toThrow(/damaged/);
    server.trouble = 'none';
    expect(await source.read(NAME)).toHaveLength(2);
  });

  it.each([
    ['denied', /refuses access/],
    ['unavailable', /cannot be reached/],
  ] as const)('R10 says of calls that are %s what is wrong, and never a value', async (trouble, reason) => {
    server.trouble = trouble;
    const error: unknown = await source.read(NAME).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SecretSourceError);
    expect((error as Error).message).toMatch(reason);
    expect((error as Error).message).not.toContain(OLD);
  });

  it('R10 gives up on a server that does not answer', async () => {
    server.trouble = 'slow';
    const connect = (): ReturnType<typeof secretManagerClient> =>
      secretManagerClient({ host: '127.0.0.1', port: server.port, plain: true });
    const impatient = new SecretManagerSource(SCOPE, connect, policiesWith(), 200);
    const begun = performance.now();
    await expect(impatient.read(NAME)).rejects.toThrow(/in time/);
    expect(performance.now() - begun).toBeLessThan(5_000);
    await impatient.close();
  });

  it('R10 gives up on a server that is not there', async () => {
    server.stop();
    const begun = performance.now();
    await expect(source.read(NAME)).rejects.toThrow(/cannot be reached|in time/);
    expect(performance.now() - begun).toBeLessThan(20_000);
  }, 30_000);
});
