import type { Clock } from '../clock/clock.js';
import { NonceStore, NonceUncertain, type NonceFate, type PresentedNonce } from './nonce-store.js';

/**
 * Nonces in this process. What was signed before the store began may have been used in an earlier process, so it is not taken. When as many are
 * remembered as may be, no more are taken, as forgetting one that lives would let it in again.
 */
export class MemoryNonceStore extends NonceStore {
  /** Keys to the time they are forgotten at, in the order they were taken. */
  private readonly taken = new Map<string, number>();
  private readonly since: number;

  constructor(
    private readonly clock: Clock,
    private readonly capacity = 100_000,
  ) {
    super();
    this.since = Math.floor(clock.now() / 1_000);
  }

  /** Nonces remembered. */
  get size(): number {
    return this.taken.size;
  }

  async take({ keyId, nonce, signedAt }: PresentedNonce, lifetime: number): Promise<NonceFate> {
    if (signedAt < this.since) throw new NonceUncertain('signed before anything is remembered');
    const now = this.clock.now();
    this.forgetUntil(now);
    const key = `${keyId}:${nonce}`;
    if (this.taken.has(key)) return 'seen';
    if (this.taken.size >= this.capacity) throw new NonceUncertain('as many nonces are remembered as may be');
    this.taken.set(key, now + lifetime);
    return 'fresh';
  }

  /** All live about as long, so those taken first go first. */
  private forgetUntil(now: number): void {
    for (const [key, until] of this.taken) {
      if (until > now) return;
      this.taken.delete(key);
    }
  }
}
