import { randomBytes } from 'node:crypto';
import { NonceUncertain, type NonceStore, type PresentedNonce } from '../../src/platform/service-auth/nonce-store.js';

/** How long nonces are remembered here, milliseconds. */
export const LIFETIME = 130_000;

/** A nonce that was never seen, signed at a time in seconds. */
export function nonceAt(seconds: number, parts: Partial<PresentedNonce> = {}): PresentedNonce {
  return { keyId: 'key-a', nonce: randomBytes(16).toString('base64url'), signedAt: seconds, ...parts };
}

/** What every nonce store does. `now` is a time, in seconds, that the store remembers. */
export function behavesAsNonceStore(open: () => { store: NonceStore; now: number }): void {
  it('P03 takes a nonce once', async () => {
    const { store, now } = open();
    const nonce = nonceAt(now);
    expect(await store.take(nonce, LIFETIME)).toBe('fresh');
    expect(await store.take(nonce, LIFETIME)).toBe('seen');
    expect(await store.take(nonceAt(now), LIFETIME)).toBe('fresh');
  });

  it('keeps the nonces of each key apart', async () => {
    const { store, now } = open();
    const nonce = nonceAt(now);
    expect(await store.take(nonce, LIFETIME)).toBe('fresh');
    expect(await store.take({ ...nonce, keyId: 'key-b' }, LIFETIME)).toBe('fresh');
  });

  it('gives one of 200 that ask at once the nonce', async () => {
    const { store, now } = open();
    const nonce = nonceAt(now);
    const fates = await Promise.all(Array.from({ length: 200 }, () => store.take(nonce, LIFETIME)));
    expect(fates.filter((fate) => fate === 'fresh')).toHaveLength(1);
  });

  it('does not say of what was signed before it remembers anything that it is new', async () => {
    const { store, now } = open();
    await expect(store.take(nonceAt(now - 3_600), LIFETIME)).rejects.toThrow(NonceUncertain);
  });
}
