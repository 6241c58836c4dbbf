import { createHash } from 'node:crypto';
import { formatIpBlock, parseIpAddress, prefixOf } from '../../events/ip-block.js';
import type { Clock } from '../clock/clock.js';
import { Problem } from '../problems/problem.js';
import type { RateLimits } from '../rate-limit/rate-limits.js';
import { MINUTE_MICROS, type RatePolicy } from '../rate-limit/rate-policy.js';
import { RecentlyUsed } from './recently-used.js';

const REMEMBERED = 50_000;
const GOOD_FOR_MS = 24 * 3_600_000;
/** Tries that are given back a minute. */
const REFILL = 6;
/** A network of one holder in IPv6 (RFC 6177): its holder has all addresses of it. */
const IPV6_NETWORK_BITS = 64;

const NO_DECISION = { outcome: 'admitted', remaining: 1, resetMicros: 0, retryAfterMicros: 0 } as const;

/**
 * Bounds how many different wrong credentials one address may try, and how many may be tried for one key id, from wherever. The same wrong
 * credential again is no new try, so that a forgotten collector with an expired key bars nobody.
 *
 * While a bound is reached, API keys are refused unseen, except from an address that the key worked from in the last 24 hours or worked from
 * last: nobody locks a key's true holder out by trying its id. Tokens are always looked at, as a signature is not guessed; wrong ones are counted.
 */
export class CredentialAttempts {
  private readonly barred = new RecentlyUsed<number>(REMEMBERED);
  private readonly tried = new RecentlyUsed<true>(REMEMBERED);
  private readonly good = new RecentlyUsed<number>(REMEMBERED);
  private readonly policy: RatePolicy;

  /** @param most different wrong credentials in a row before the first wait. */
  constructor(
    private readonly limits: Pick<RateLimits, 'take'>,
    private readonly clock: Clock,
    most: number,
  ) {
    this.policy = { name: 'wrong-credentials', burst: most, count: REFILL, periodMicros: MINUTE_MICROS };
  }

  /**
   * Call it before an API key is looked at.
   * @param lastAddress where the key worked last, if it ever did.
   * @throws Problem 429 with the time to wait.
   */
  async requireFree(address: string, keyId: string | null, lastAddress: () => Promise<string | undefined>): Promise<void> {
    const now = this.clock.now();
    const until = Math.max(...bucketsOf(address, keyId).map((bucket) => this.barred.get(bucket) ?? 0));
    if (until <= now || (keyId !== null && (await this.isHome(address, keyId, lastAddress)))) return;
    throw tooManyTries(until - now);
  }

  /** The key worked from this address. */
  noteSuccess(address: string, keyId: string): void {
    this.good.set(`${networkOf(address)} ${keyId}`, this.clock.now() + GOOD_FOR_MS);
  }

  /**
   * Counts a wrong credential.
   * @param keyId id in it, where it is a well-formed API key.
   * @throws Problem 429 where it is one too many.
   */
  async noteFailure(address: string, credential: string, keyId: string | null = null): Promise<void> {
    const digest = createHash('sha256').update(credential).digest('base64');
    const now = this.clock.now();
    let wait = 0;
    for (const bucket of bucketsOf(address, keyId)) {
      if (this.tried.get(`${bucket} ${digest}`)) continue;
      this.tried.set(`${bucket} ${digest}`, true);
      wait = Math.max(wait, await this.count(bucket, now));
    }
    if (wait > 0) throw tooManyTries(wait);
  }

  /** Takes one try; answers for how many milliseconds there is none, 0 where this one was still free. */
  private async count(bucket: string, now: number): Promise<number> {
    const { decisions } = await this.limits.take(bucket, [{ policy: this.policy, cost: 1 }]);
    const [{ outcome, remaining, resetMicros, retryAfterMicros } = NO_DECISION] = decisions;
    const untilNext = resetMicros - ((this.policy.burst - 1) * MINUTE_MICROS) / REFILL;
    if (remaining < 1) this.barred.set(bucket, now + Math.max(retryAfterMicros, untilNext) / 1_000);
    return outcome === 'admitted' ? 0 : Math.max(1, retryAfterMicros / 1_000);
  }

  private async isHome(address: string, keyId: string, lastAddress: () => Promise<string | undefined>): Promise<boolean> {
    if ((this.good.get(`${networkOf(address)} ${keyId}`) ?? 0) > this.clock.now()) return true;
    const last = await lastAddress();
    return last !== undefined && networkOf(last) === networkOf(address);
  }
}

function bucketsOf(address: string, keyId: string | null): readonly string[] {
  return [`try-from:${networkOf(address)}`, ...(keyId === null ? [] : [`try-key:${keyId}`])];
}

function networkOf(address: string): string {
  const parsed = parseIpAddress(address);
  if (parsed?.version !== 6) return address;
  return formatIpBlock({ version: 6, first: prefixOf(parsed.first, IPV6_NETWORK_BITS, 6), bits: IPV6_NETWORK_BITS });
}

function tooManyTries(waitMs: number): Problem {
  const seconds = Math.max(1, Math.ceil(waitMs / 1_000));
  return new Problem('rate-limited', `Too many wrong credentials. Try again in ${seconds} seconds.`, {
    headers: { 'Retry-After': String(seconds) },
  });
}
