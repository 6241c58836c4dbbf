import { createHash } from 'node:crypto';
import { RecentlyUsed } from '../recently-used.js';
import { isSignedBy, type Jws } from './jws.js';
import type { VerificationKey } from './verification-key.js';

const REMEMBERED = 10_000;

/**
 * Remembers which tokens a key has verified, by their digests, so that a token's signature is verified once and not with every request. What is
 * remembered is the signature alone and belongs to the key: it goes with the key, and claims, times and revocations are looked at each time.
 */
export class KnownSignatures {
  private readonly ofKey = new WeakMap<VerificationKey, RecentlyUsed<true>>();

  /** Tells whether a token is signed by the key. */
  async isSignedBy(jws: Jws, key: VerificationKey): Promise<boolean> {
    const digest = createHash('sha256').update(jws.token).digest('base64');
    const known = this.ofKey.get(key) ?? new RecentlyUsed<true>(REMEMBERED);
    this.ofKey.set(key, known);
    if (known.get(digest)) return true;
    const isSigned = await isSignedBy(jws, key);
    if (isSigned) known.set(digest, true);
    return isSigned;
  }
}
