import crypto from 'node:crypto';
import { SecretRing } from '../secrets/secret-ring.js';
import { generateApiKey, hashApiKeySecret, isHashOf, parseApiKey, type ApiKeyType } from './api-key.js';
import type { ApiKeyStore } from './api-key-store.js';
import { KeyAuthenticator } from './key-authenticator.js';

const TYPES: readonly ApiKeyType[] = ['live', 'test', 'svc'];
const FORM = /^gtr_(live|test|svc)_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/;
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

describe('API keys', () => {
  it('KEY-01 R14 of 100,000 all are of one form, all read back, no id or secret comes twice, and every digit is as frequent as any other', () => {
    const ids = new Set<string>();
    const secrets = new Set<string>();
    const counts = new Map<string, number>();
    const wrong: string[] = [];
    for (let made = 0; made < 100_000; made++) {
      const key = generateApiKey(TYPES[made % 3] ?? 'live');
      const read = parseApiKey(key.text);
      if (!FORM.test(key.text) || read?.type !== key.type || read.keyId !== key.keyId || read.secret !== key.secret) wrong.push(key.text);
      ids.add(key.keyId);
      secrets.add(key.secret);
      for (const digit of key.secret) counts.set(digit, (counts.get(digit) ?? 0) + 1);
    }
    expect(wrong).toEqual([]);
    expect([ids.size, secrets.size]).toEqual([100_000, 100_000]);
    const expected = (100_000 * 43) / 62;
    const chiSquare = [...BASE62].reduce((sum, digit) => sum + ((counts.get(digit) ?? 0) - expected) ** 2 / expected, 0);
    expect(counts.size).toBe(62);
    expect(chiSquare).toBeLessThan(140);
    expect(62n ** 43n > 2n ** 256n).toBe(true);
  });

  it('KEY-01 takes every digit from the system’s random source', () => {
    const bytes = jest.spyOn(crypto, 'randomBytes');
    const pseudo = jest.spyOn(Math, 'random');
    try {
      generateApiKey('live');
      expect(bytes).toHaveBeenCalledWith(43);
      expect(pseudo).not.toHaveBeenCalled();
    } finally {
      bytes.mockRestore();
      pseudo.mockRestore();
    }
  });

  it('KEY-01 every 1-character typo is caught offline: 0 look-ups in the store', async () => {
    let lookUps = 0;
    const store = {
      find: async () => {
        lookUps += 1;
        return undefined;
      },
    } as unknown as ApiKeyStore;
    const keys = new KeyAuthenticator({
      store,
      pepper: SecretRing.of(Buffer.alloc(32, 1)),
      clock: { now: () => 0, isoNow: () => '' },
      revocations: { revokedAt: () => undefined },
      environment: 'production',
    });
    const caught = { typos: 0, missed: 0 };
    for (let sample = 0; sample < 10; sample++) {
      const { text } = generateApiKey(TYPES[sample % 3] ?? 'live');
      for (let at = 0; at < text.length; at++) {
        for (const digit of `${BASE62}_- `) {
          if (digit === text[at]) continue;
          caught.typos += 1;
          const typo = text.slice(0, at) + digit + text.slice(at + 1);
          if (parseApiKey(typo) !== undefined) caught.missed += 1;
          if (at % 7 === 0) expect(await keys.authenticate(typo, '192.0.2.1')).toEqual({ fault: 'malformed' });
        }
      }
      for (const broken of [text.slice(1), text.slice(0, -1), `${text}0`, ` ${text}`, `${text}\n`, text.toUpperCase(), ''])
        expect(await keys.authenticate(broken, '192.0.2.1')).toEqual({ fault: 'malformed' });
      expect(lookUps).toBe(0);
    }
    expect(caught.typos).toBeGreaterThan(40_000);
    expect(caught.missed).toBe(0);
    expect(await keys.authenticate(generateApiKey('live').text, '192.0.2.1')).toEqual({ fault: 'unknown_key' });
    expect(lookUps).toBe(1);
  });

  it('are stored as a keyed hash that depends on the pepper', () => {
    const { secret } = generateApiKey('live');
    const [one, two] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    const hash = hashApiKeySecret(one, secret);
    const ring = (...peppers: [Buffer, ...Buffer[]]): SecretRing => {
      const [first, ...rest] = peppers.map((bytes, index) => ({ version: String(index), bytes }));
      if (!first) throw new Error('a ring has a version');
      return new SecretRing([first, ...rest]);
    };
    expect(isHashOf(ring(one), hash, secret)).toBe(true);
    expect(isHashOf(ring(two), hash, secret)).toBe(false);
    expect(isHashOf(ring(two, one), hash, secret)).toBe(true);
    expect(isHashOf(ring(one), 'short', secret)).toBe(false);
  });
});
