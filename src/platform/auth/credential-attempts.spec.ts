import { MemoryRateLimitStore } from '../rate-limit/memory-rate-limit-store.js';
import { Problem } from '../problems/problem.js';
import { CredentialAttempts } from './credential-attempts.js';
import { RecentlyUsed } from './recently-used.js';

const MOST = 15;
const NEVER_USED = async (): Promise<undefined> => undefined;

describe('the bound on wrong credentials', () => {
  let attempts: CredentialAttempts;
  let store: MemoryRateLimitStore;
  let time: number;
  beforeEach(() => {
    time = 1_000_000;
    store = new MemoryRateLimitStore(() => time * 1_000);
    attempts = new CredentialAttempts(store, { now: () => time, isoNow: () => '' }, MOST);
  });

  const waitOf = async (work: Promise<void>): Promise<number> => {
    const error: unknown = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (error === undefined) return 0;
    if (!(error instanceof Problem) || error.type !== 'rate-limited') throw error;
    return Number(error.extra.headers?.['Retry-After']);
  };
  /** A try with an API key, as the strategy makes it: 'refused' is one that was looked at. */
  const wrongKey = async (address: string, keyId: string, secret: string): Promise<'refused' | 'limited'> => {
    const barred = await waitOf(attempts.requireFree(address, keyId, NEVER_USED));
    return barred > 0 || (await waitOf(attempts.noteFailure(address, secret, keyId))) > 0 ? 'limited' : 'refused';
  };

  it('AUTH-06 of 10,000 wrong keys from one address 15 are looked at, and after Retry-After one more', async () => {
    let looked = 0;
    for (let n = 0; n < 10_000; n++) if ((await wrongKey('192.0.2.1', `key-${n}`, `secret-${n}`)) === 'refused') looked += 1;
    expect(looked).toBe(MOST);
    const wait = await waitOf(attempts.requireFree('192.0.2.1', 'key', NEVER_USED));
    expect(wait).toBe(10);
    time += wait * 1_000 - 1;
    expect(await waitOf(attempts.requireFree('192.0.2.1', 'key', NEVER_USED))).toBe(1);
    time += 1;
    expect(await wrongKey('192.0.2.1', 'key', 'another')).toBe('refused');
    expect(await wrongKey('192.0.2.1', 'key', 'yet another')).toBe('limited');
  });

  it('AUTH-06 of 10,000 wrong keys for one id from as many addresses 15 are looked at', async () => {
    let looked = 0;
    for (let n = 0; n < 10_000; n++)
      if ((await wrongKey(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, 'key', `s${n}`)) === 'refused') looked += 1;
    expect(looked).toBe(MOST);
  });

  it('AUTH-06 the addresses of an IPv6 network are one address', async () => {
    let looked = 0;
    for (let n = 1; n <= 100; n++) if ((await wrongKey(`2001:db8:0:7::${n.toString(16)}`, `k${n}`, `s${n}`)) === 'refused') looked += 1;
    expect(looked).toBe(MOST);
    expect(await wrongKey('2001:db8:0:8::1', 'k', 's')).toBe('refused');
  });

  it('AUTH-06 nobody locks out the holder of a key: from where it worked it passes, whoever tries its id', async () => {
    attempts.noteSuccess('198.51.100.1', 'key');
    for (let n = 0; n < 100; n++) await wrongKey(`10.0.0.${n}`, 'key', `s${n}`);
    expect(await waitOf(attempts.requireFree('203.0.113.1', 'key', NEVER_USED))).toBeGreaterThan(0);
    expect(await waitOf(attempts.requireFree('198.51.100.1', 'key', NEVER_USED))).toBe(0);
    expect(await waitOf(attempts.requireFree('203.0.113.1', 'key', async () => '203.0.113.1'))).toBe(0);
    expect(await waitOf(attempts.requireFree('203.0.113.1', 'other', NEVER_USED))).toBe(0);
    time += 25 * 3_600_000;
    for (let n = 0; n < 100; n++) await wrongKey(`10.0.1.${n}`, 'key', `t${n}`);
    expect(await waitOf(attempts.requireFree('198.51.100.1', 'key', NEVER_USED))).toBeGreaterThan(0);
  });

  it('AUTH-06 a neighbour behind the same address goes on with the key that worked there', async () => {
    attempts.noteSuccess('192.0.2.1', 'key');
    for (let n = 0; n < 100; n++) await wrongKey('192.0.2.1', `k${n}`, `s${n}`);
    expect(await waitOf(attempts.requireFree('192.0.2.1', 'other', NEVER_USED))).toBeGreaterThan(0);
    expect(await waitOf(attempts.requireFree('192.0.2.1', 'key', NEVER_USED))).toBe(0);
  });

  it('AUTH-06 the same wrong credential again is no new try', async () => {
    for (let n = 0; n < 1_000; n++) expect(await wrongKey('192.0.2.1', 'key', 'expired')).toBe('refused');
    expect(await wrongKey('192.0.2.1', 'key', 'another')).toBe('refused');
  });

  it('AUTH-06 wrong tokens count, and are answered 429 beyond the bound', async () => {
    let refused = 0;
    for (let n = 0; n < 200; n++) if ((await waitOf(attempts.noteFailure('192.0.2.1', `token-${n}`))) === 0) refused += 1;
    expect(refused).toBe(MOST);
    expect(await waitOf(attempts.requireFree('192.0.2.1', 'key', NEVER_USED))).toBeGreaterThan(0);
  });

  it('AUTH-06 what is remembered is bounded, whatever is tried', () => {
    const remembered = new RecentlyUsed<number>(100);
    for (let n = 0; n < 10_000; n++) {
      remembered.set(`address-${n}`, n);
      remembered.get('address-0');
    }
    const found = Array.from({ length: 10_000 }, (_, n) => n).filter((n) => remembered.get(`address-${n}`) !== undefined);
    expect(found).toEqual([0, ...Array.from({ length: 99 }, (_, n) => 9_901 + n)]);
  });
});
