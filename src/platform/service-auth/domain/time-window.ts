import { SignatureRefused } from './signature-refused.js';

/**
 * Checks that a signature was made now, give or take the skew, in whole seconds since the epoch, both ends included.
 * @throws SignatureRefused `out_of_time`
 */
export function requireTimely(signedAt: number, now: number, skew: number): void {
  if (Math.abs(now - signedAt) > skew) throw new SignatureRefused('out_of_time');
}

/** How long a nonce is remembered, in milliseconds: the whole window on both sides of a signature, and 10 s for clocks that differ. */
export function nonceLifetime(skew: number): number {
  return (2 * skew + 10) * 1_000;
}
