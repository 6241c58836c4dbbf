import { generateApiKey, hashApiKeySecret, parseApiKey, isHashOf } from './api-key.js';
import { SecretRing } from '../secrets/secret-ring.js';

describe('API keys', () => {
  it('R14 are unique, of one form, and carry 256 bits', () => {
    const keys = Array.from({ length: 2_000 }, () => generateApiKey('live'));
    expect(new Set(keys.map((key) => key.text)).size).toBe(keys.length);
    for (const key of keys) {
      expect(key.text).toMatch(/^gtr_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
      expect(parseApiKey(key.text)).toEqual(key);
    }
  });

  it('KEY-01 a typing error is noticed without asking a store', () => {
    const { text } = generateApiKey('live');
    for (let at = 9; at < text.length; at++) {
      if (text[at] === '_') continue;
      const typo = text.slice(0, at) + (text[at] === 'a' ? 'b' : 'a') + text.slice(at + 1);
      expect(parseApiKey(typo)).toBeUndefined();
    }
    for (const nonsense of ['', 'gtr_live_', `${text} `, `${text}0`, text.replace('gtr', 'ghp')])
      expect(parseApiKey(nonsense)).toBeUndefined();
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
