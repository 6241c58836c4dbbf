import crypto from 'node:crypto';
import zlib from 'node:zlib';
import type { TenantId } from '../../contracts/tenant.js';
import { SecretRing } from '../secrets/secret-ring.js';
import { generateApiKey } from './api-key.js';
import { ApiKeyStore, type StoredApiKey } from './api-key-store.js';
import { issueApiKey, type KeyRequest } from './issue-api-key.js';
import { KeyAuthenticator } from './key-authenticator.js';

const NOW = Date.parse('2026-11-21T10:00:00.000Z');
const HERE = '198.51.100.7';
const PEPPERS = [
  { version: '1', bytes: Buffer.alloc(32, 1) },
  { version: '2', bytes: Buffer.alloc(32, 2) },
] as const;

/** Keys in memory, which answers when it is told to. */
class HeldKeys extends ApiKeyStore {
  readonly keys = new Map<string, StoredApiKey>();
  readonly touches: string[] = [];
  gate: Promise<void> = Promise.resolve();

  async find(keyId: string): Promise<StoredApiKey | undefined> {
    const found = this.keys.get(keyId);
    await this.gate;
    return found;
  }

  async touch(keyId: string, at: string, from: string): Promise<void> {
    this.touches.push(`${at} ${from}`);
    const key = this.keys.get(keyId);
    if (key) this.keys.set(keyId, { ...key, last_used_at: at, last_used_from: from });
  }

  async rehash(keyId: string, hash: string, version: string): Promise<void> {
    const key = this.keys.get(keyId);
    if (key) this.keys.set(keyId, { ...key, hash, pepper_version: version });
  }

  list = (): never => this.refuse();
  add = (): never => this.refuse();
  revoke = (): never => this.refuse();
  revokePrincipal = (): never => this.refuse();
  rotate = (): never => this.refuse();

  private refuse(): never {
    throw new Error('not used');
  }
}

describe('the authenticator of keys', () => {
  let store: HeldKeys;
  let keys: KeyAuthenticator;
  let pepper: SecretRing;
  const clock = { time: NOW, now: () => clock.time, isoNow: () => new Date(clock.time).toISOString() };
  const revoked = new Map<string, number>();

  beforeEach(() => {
    clock.time = NOW;
    revoked.clear();
    store = new HeldKeys();
    pepper = new SecretRing([PEPPERS[0]]);
    const revocations = { revokedAt: (kind: string, subject: string) => revoked.get(`${kind} ${subject}`) };
    keys = new KeyAuthenticator({ store, pepper, clock, revocations, environment: 'production' });
  });

  const make = (change: Partial<KeyRequest> = {}): { text: string; stored: StoredApiKey } => {
    const request: KeyRequest = {
      tenant: 'acme-corp' as TenantId,
      principal: 'jo@acme-corp',
      kind: 'person',
      environment: 'production',
      roles: ['analyst'],
      label: '',
      createdBy: 'admin',
      expiresAt: new Date(NOW + 60_000).toISOString(),
      ...change,
    };
    const key = issueApiKey(pepper.current, request, clock.isoNow());
    store.keys.set(key.stored.key_id, key.stored);
    return key;
  };
  const faultOf = async (text: string, address = HERE): Promise<string | undefined> => (await keys.authenticate(text, address)).fault;

  it('R14 answers whose key it is, with its scopes, and notes when it was used and from where', async () => {
    const { text, stored } = make({ scopes: ['alerts:read'] });
    const { principal } = (await keys.authenticate(text, HERE)) as { principal: object };
    expect(principal).toEqual({
      subject: 'jo@acme-corp',
      kind: 'person',
      grants: new Map([['acme-corp', ['analyst']]]),
      platformRoles: [],
      scopes: ['alerts:read'],
      keyId: stored.key_id,
      via: 'api_key',
    });
    await keys.authenticate(text, HERE);
    await keys.authenticate(text, '203.0.113.1');
    expect(store.touches).toEqual([`${clock.isoNow()} ${HERE}`, `${clock.isoNow()} 203.0.113.1`]);
  });

  it('R14 a key says what it is: its type, its environment, when and from where it may be used', async () => {
    const good = make();
    expect(await faultOf(good.text)).toBeUndefined();
    expect(good.text).toMatch(/^gtr_live_/);
    expect(await faultOf(make({ environment: 'development' }).text)).toBe('other_environment');
    const service = make({ kind: 'service', scopes: ['alerts:read'] });
    expect(service.text).toMatch(/^gtr_svc_/);
    expect(await faultOf(service.text)).toBeUndefined();
    store.keys.set(service.stored.key_id, { ...service.stored, type: 'live' });
    await keys.forget();
    expect(await faultOf(service.text)).toBe('wrong_type');
    expect(await faultOf(make({ notBefore: new Date(NOW + 1).toISOString() }).text)).toBe('not_yet_valid');
    clock.time = NOW + 60_000;
    expect(await faultOf(good.text)).toBe('expired');
  });

  it.each([
    [['198.51.100.0/24'], '198.51.100.7', undefined],
    [['198.51.100.0/24'], '::ffff:198.51.100.7', undefined],
    [['203.0.113.9', '2001:db8::/32'], '2001:db8::7', undefined],
    [['203.0.113.9'], '203.0.113.9', undefined],
    [['198.51.100.0/25'], '198.51.100.128', 'address_not_allowed'],
    [['198.51.100.0/24'], '2001:db8::7', 'address_not_allowed'],
    [['198.51.100.0/24'], '', 'address_not_allowed'],
    [['198.51.100.0/24'], 'nonsense', 'address_not_allowed'],
  ])('R14 limited to %j it is from %s: %s', async (allowedCidrs, address, fault) => {
    const { text, stored } = make({ allowedCidrs });
    expect(await faultOf(text, address)).toBe(fault);
    expect((await keys.admits(stored.key_id, address)) === undefined).toBe(fault !== undefined);
  });

  it('R14 a key revoked while it is being looked up, or while it is cached, is refused', async () => {
    const { text, stored } = make();
    let open = (): void => undefined;
    store.gate = new Promise((resolve) => (open = resolve));
    const underWay = faultOf(text);
    revoked.set(`key ${stored.key_id}`, NOW);
    await keys.forget();
    open();
    expect(await underWay).toBe('revoked');
    revoked.clear();
    expect(await faultOf(text)).toBeUndefined();
    revoked.set(`key ${stored.key_id}`, NOW);
    expect(await faultOf(text)).toBe('revoked');
    expect(await keys.admits(stored.key_id, HERE)).toBeUndefined();
  });

  it('R14 what was looked up before a change is not cached after it', async () => {
    const { text, stored } = make();
    let open = (): void => undefined;
    store.gate = new Promise((resolve) => (open = resolve));
    const underWay = faultOf(text);
    store.keys.set(stored.key_id, { ...stored, expires_at: clock.isoNow() });
    await keys.forget();
    open();
    await underWay;
    expect(await faultOf(text)).toBe('expired');
  });

  it('R24 the end of a tenant ends the keys made in it until then, and none made later', async () => {
    const old = make();
    revoked.set('tenant acme-corp', NOW);
    expect(await faultOf(old.text)).toBe('revoked');
    clock.time = NOW + 1;
    expect(await faultOf(make().text)).toBeUndefined();
  });

  it('R14 after the pepper is rotated a key works on, and is hashed with the new one when it is used', async () => {
    const { text, stored } = make();
    pepper.replace([PEPPERS[1], PEPPERS[0]]);
    expect(await faultOf(text)).toBeUndefined();
    expect(store.keys.get(stored.key_id)).toMatchObject({ pepper_version: '2' });
    expect(store.keys.get(stored.key_id)?.hash).not.toBe(stored.hash);
    pepper.replace([PEPPERS[1]]);
    expect(await faultOf(text)).toBeUndefined();
  });

  it('trap.P12-constant-time an unknown id and a wrong secret cost the same hashes and one comparison in constant time each', async () => {
    const { stored } = make();
    pepper.replace([PEPPERS[1], PEPPERS[0]]);
    const work = async (keyId: string): Promise<{ hashes: number; comparisons: number; fault: string | undefined }> => {
      const { secret, text } = keyWithId(keyId);
      const hmac = jest.spyOn(crypto, 'createHmac');
      const equal = jest.spyOn(crypto, 'timingSafeEqual');
      try {
        const fault = await faultOf(text);
        expect(secret).toHaveLength(43);
        return { hashes: hmac.mock.calls.length, comparisons: equal.mock.calls.length, fault };
      } finally {
        hmac.mockRestore();
        equal.mockRestore();
      }
    };
    const wrong = await work(stored.key_id);
    const unknown = await work('0000000000aa');
    expect([wrong.fault, unknown.fault]).toEqual(['wrong_secret', 'unknown_key']);
    expect([wrong.hashes, wrong.comparisons]).toEqual([2, 2]);
    expect([unknown.hashes, unknown.comparisons]).toEqual([wrong.hashes, wrong.comparisons]);
  });

  /** A well-formed key with a given id and a secret of its own. */
  function keyWithId(keyId: string): { text: string; secret: string } {
    const { secret } = generateApiKey('live');
    const body = `gtr_live_${keyId}_${secret}`;
    return { secret, text: `${body}_${checksumOf(body)}` };
  }
});

function checksumOf(body: string): string {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  let rest = zlib.crc32(body);
  let text = '';
  for (let digit = 0; digit < 6; digit++) {
    text = digits.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}
