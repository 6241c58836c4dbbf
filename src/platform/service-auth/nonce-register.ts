import { NonceUncertain, type NonceFate, type NonceStore, type PresentedNonce } from './nonce-store.js';

/**
 * Where nonces are taken: with the other instances, where there are any. While they cannot be asked, messages that change something wait;
 * those that only read go by what this process remembers.
 */
export class NonceRegister {
  constructor(
    private readonly local: NonceStore,
    private readonly shared: NonceStore | null,
  ) {}

  /** @throws NonceUncertain where the message must wait. */
  async take(presented: PresentedNonce, lifetime: number, onlyReads: boolean): Promise<NonceFate> {
    if (!this.shared) return this.local.take(presented, lifetime);
    try {
      return await this.shared.take(presented, lifetime);
    } catch (error) {
      if (!onlyReads || !(error instanceof NonceUncertain)) throw error;
      return this.local.take(presented, lifetime);
    }
  }
}
