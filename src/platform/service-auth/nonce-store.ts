/** A nonce as it came with a signature. */
export interface PresentedNonce {
  readonly keyId: string;
  readonly nonce: string;
  /** Seconds since the epoch, as signed. */
  readonly signedAt: number;
}

/** What becomes of a nonce: it was new and is now taken; or it was taken before. */
export type NonceFate = 'fresh' | 'seen';

/** Remembers which nonces were used. Only signatures found right reach it, so that nobody without a key fills it. */
export abstract class NonceStore {
  /**
   * Takes a nonce, once.
   * @param lifetime how long it is remembered, in milliseconds.
   * @throws NonceUncertain where it cannot be said whether it was used; nobody may go on then.
   */
  abstract take(presented: PresentedNonce, lifetime: number): Promise<NonceFate>;
}

/** It cannot be said whether a nonce was used: the store is away or full, or the signature is older than what the store remembers. */
export class NonceUncertain extends Error {
  override readonly name = 'NonceUncertain';
}
