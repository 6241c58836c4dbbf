import { AsyncLocalStorage } from 'node:async_hooks';
import { eventually } from '../../../test/support/eventually.js';
import { policiesWith } from '../../../test/support/outbound-policies.js';
import { readConfig } from '../config/environment.js';
import type { BreakerSettings } from './breaker-machine.js';
import { isRepeatable } from './is-repeatable.js';
import { OutboundUnavailable } from './outbound-unavailable.js';
import { OutboundPolicies } from './outbound-policies.js';
import type { OutboundPolicy } from './outbound-policy.js';
import { readRetryAfter } from './retry-after.js';
import { retryDelay } from './retry-delay.js';
import { UnwelcomeStatus } from './verdict.js';

const NEVER_OPENS = { CIRCUIT_BREAKER_FAILURE_THRESHOLD: '1000' };
const QUICK = { ...NEVER_OPENS, RETRY_BASE_DELAY: '0.001', RETRY_MAX_DELAY: '0.002' };
const REPEATABLE = { isRepeatable: true };

const policyWith = (env: Readonly<Record<string, string>> = {}): OutboundPolicy => policiesWith(env).dependency('service').policy();

/** How often work is done that always fails so. */
async function attemptsAt(error: unknown, isRepeatableCall = true, env: Readonly<Record<string, string>> = QUICK): Promise<number> {
  let attempts = 0;
  const call = policyWith(env).execute(
    async () => {
      attempts += 1;
      throw error;
    },
    { isRepeatable: isRepeatableCall },
  );
  await expect(call).rejects.toBe(error);
  return attempts;
}

/** Work that ends with its signal, and tells when it has. */
function hanging(): { readonly work: (signal: AbortSignal) => Promise<never>; running: () => number } {
  let running = 0;
  const work = (signal: AbortSignal): Promise<never> => {
    running += 1;
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        running -= 1;
        reject(signal.reason as Error);
      });
    });
  };
  return { work, running: () => running };
}

describe('what is tried again', () => {
  it.each([400, 401, 403, 404, 409, 422, 410, 301, 501])(
    'RES-04 R42 trap.P22-retry-only-retryable: never an answer of %d',
    async (status) => {
      expect(await attemptsAt(new UnwelcomeStatus(status))).toBe(1);
    },
  );

  it.each([408, 425, 429, 500, 502, 503, 504])('R42 an answer of %d, three times in all', async (status) => {
    expect(await attemptsAt(new UnwelcomeStatus(status))).toBe(3);
  });

  it('RES-04 trap.P22-retry-only-retryable: faults of our own never, those of the network always', async () => {
    for (const own of [
      new TypeError('x is not a function'),
      new RangeError('no'),
      Object.assign(new Error('no'), { code: 'ERR_INVALID_ARG_TYPE' }),
    ]) {
      expect(await attemptsAt(own)).toBe(1);
    }
    for (const code of ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EAI_AGAIN'])
      expect(await attemptsAt(Object.assign(new Error('no'), { code }))).toBe(3);
    expect(await attemptsAt(new TypeError('fetch failed', { cause: Object.assign(new Error('no'), { code: 'UND_ERR_SOCKET' }) }))).toBe(3);
    expect(await attemptsAt(Object.assign(new Error('no'), { code: 'CERT_HAS_EXPIRED' }))).toBe(1);
  });

  it('RES-04 a POST without an idempotency key never', async () => {
    expect(isRepeatable('POST', { 'Content-Type': 'application/json' })).toBe(false);
    expect(isRepeatable('POST', { 'idempotency-key': '' })).toBe(false);
    expect(isRepeatable('POST', { 'Idempotency-Key': 'k' })).toBe(true);
    expect(isRepeatable('GET', {})).toBe(true);
    expect(isRepeatable('PATCH', {})).toBe(false);
    expect(await attemptsAt(new UnwelcomeStatus(503), false)).toBe(1);
  });

  it('RES-04 Retry-After is obeyed, as seconds and as a date, and ends the tries where it asks for too long', () => {
    const now = Date.parse('2026-11-22T10:00:00Z');
    expect(readRetryAfter('7', now)).toBe(7_000);
    expect(readRetryAfter('Sun, 22 Nov 2026 10:00:09 GMT', now)).toBe(9_000);
    expect(readRetryAfter('Sun, 22 Nov 2026 09:00:00 GMT', now)).toBe(0);
    for (const none of [undefined, '', 'soon', '-1', '1.5', '2026-11-22', 'Sun, 99 Nov 2026 10:00:09 GMT', '9'.repeat(30)]) {
      expect(readRetryAfter(none, now)).toBeUndefined();
    }
    const settings = { attempts: 3, baseMs: 1_000, maxMs: 30_000 };
    expect(retryDelay(settings, 1, 0.5, 7_000)).toBe(7_000);
    expect(retryDelay(settings, 1, 0.5, 30_001)).toBeUndefined();
    expect(retryDelay(settings, 3, 0.5)).toBeUndefined();
  });

  it('RES-04 waits as long as Retry-After says, and no attempt is made before', async () => {
    const times: number[] = [];
    const call = policyWith(NEVER_OPENS).execute(
      async () => {
        times.push(performance.now());
        if (times.length === 1) throw new UnwelcomeStatus(429, '1');
      },
      { isRepeatable: true },
    );
    await call;
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(999);
  });

  it('RES-04 jitter spreads evenly over each step (Kolmogorov-Smirnov, 10,000 delays, p > 0.001)', () => {
    const settings = { attempts: 9, baseMs: 1_000, maxMs: 30_000 };
    for (const [attempt, most] of [
      [1, 1_000],
      [2, 2_000],
      [5, 16_000],
      [6, 30_000],
      [8, 30_000],
    ] as const) {
      const delays = Array.from({ length: 10_000 }, () => (retryDelay(settings, attempt, Math.random()) ?? NaN) / most).sort(
        (a, b) => a - b,
      );
      const furthest = Math.max(...delays.map((delay, at) => Math.max(delay - at / 10_000, (at + 1) / 10_000 - delay)));
      expect(furthest).toBeLessThan(1.95 / Math.sqrt(10_000));
    }
  });
});

describe('retries all together', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] }));
  afterEach(() => jest.useRealTimers());

  /** 200 calls a second for a minute through three layers, to an upstream that always fails. */
  async function minuteOfFailure(breaker: Partial<BreakerSettings>): Promise<{ readonly calls: number; readonly seen: number }> {
    const { resilience } = readConfig({});
    const service = {
      ...resilience.service,
      breaker: { ...resilience.service.breaker, ...breaker },
      bulkhead: { concurrent: 100_000, waiting: 0 },
    };
    const layers = ['one', 'two', 'three'].map((name) =>
      new OutboundPolicies({ ...resilience, service }).dependency('service', name).policy(),
    );
    let seen = 0;
    const through = (depth: number): Promise<unknown> => {
      const layer = layers[depth];
      if (layer) return layer.execute(() => through(depth + 1), REPEATABLE);
      seen += 1;
      return Promise.reject(new UnwelcomeStatus(503));
    };
    const calls = 12_000;
    const outcomes: Promise<unknown>[] = [];
    for (let call = 0; call < calls; call += 1) {
      outcomes.push(through(0).catch(() => undefined));
      await jest.advanceTimersByTimeAsync(5);
    }
    await jest.advanceTimersByTimeAsync(300_000);
    await Promise.all(outcomes);
    return { calls, seen };
  }

  it('RES-05 retry-budget: with every circuit closed, an upstream that always fails sees at most 1.1 times the calls', async () => {
    const { calls, seen } = await minuteOfFailure({ failures: Infinity });
    expect(seen).toBeGreaterThan(calls);
    expect(seen).toBeLessThanOrEqual(1.1 * calls);
  }, 60_000);

  it('RES-05 trap.P22-retry-amplification: with circuits as they are, it sees the failures that open them, and a few probes', async () => {
    const { seen } = await minuteOfFailure({});
    expect(seen).toBeLessThan(20);
  }, 60_000);
});

describe('time', () => {
  it('R43 an attempt that does not end in time is cancelled and tried again', async () => {
    const { work, running } = hanging();
    const attempts: number[] = [];
    const policy = policyWith({ ...QUICK, OUTBOUND_ATTEMPT_TIMEOUT: '0.03' });
    const call = policy.execute((signal, attempt) => {
      attempts.push(attempt);
      return work(signal);
    }, REPEATABLE);
    await expect(call).rejects.toMatchObject({ name: 'OutboundUnavailable', reason: 'timeout' });
    expect([attempts, running(), policy.executing]).toEqual([[1, 2, 3], 0, 0]);
  });

  it('R43 all attempts together end in time, while waiting too', async () => {
    const { work, running } = hanging();
    const policy = policyWith({ OUTBOUND_TOTAL_TIMEOUT: '0.05' });
    const began = performance.now();
    await expect(policy.execute(work, REPEATABLE)).rejects.toMatchObject({ reason: 'timeout' });
    await expect(policy.execute(() => Promise.reject(new UnwelcomeStatus(503, '20')), REPEATABLE)).rejects.toMatchObject({
      reason: 'timeout',
    });
    expect(performance.now() - began).toBeLessThan(2_000);
    expect([running(), policy.executing]).toEqual([0, 0]);
  });

  it('R43 a caller that gives up is not kept, and is no failure of the dependency', async () => {
    const { work, running } = hanging();
    const policy = policyWith({ CIRCUIT_BREAKER_FAILURE_THRESHOLD: '1' });
    const caller = new AbortController();
    const calls = [
      policy.execute(work, { ...REPEATABLE, signal: caller.signal }),
      policy.execute(work, { ...REPEATABLE, signal: caller.signal }),
    ];
    caller.abort(new Error('gone'));
    for (const call of calls) await expect(call).rejects.toThrow('gone');
    await expect(policy.execute(work, { ...REPEATABLE, signal: caller.signal })).rejects.toThrow('gone');
    expect([running(), policy.breaker.kind, policy.breaker.failures]).toEqual([0, 'closed', 0]);
  });
});

describe('bulkhead', () => {
  it('RES-07 R44 one dependency that hangs holds no more than it may, and no other', async () => {
    const { work, running } = hanging();
    const policies = policiesWith({ BULKHEAD_MAX_CONCURRENT: '4', BULKHEAD_MAX_WAITING: '64' });
    const [stuck, other] = [policies.dependency('service', 'stuck').policy(), policies.dependency('service', 'other').policy()];
    const alone = await middleTimeOf(other);
    const caller = new AbortController();
    const began = performance.now();
    const calls = Array.from({ length: 1_000 }, () =>
      stuck.execute(work, { ...REPEATABLE, signal: caller.signal }).catch((error: unknown) => error),
    );
    const rejected = await Promise.all(calls.slice(68));
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(rejected.every((error) => error instanceof OutboundUnavailable && error.reason === 'bulkhead_full')).toBe(true);
    expect([running(), stuck.executing, stuck.waiting]).toEqual([4, 4, 64]);
    const beside = await middleTimeOf(other);
    // A timer's resolution apart, as work is done by nobody.
    expect(beside).toBeLessThanOrEqual(Math.max(1.2 * alone, alone + 1));
    caller.abort();
    await Promise.all(calls);
    await eventually(() => expect([running(), stuck.executing, stuck.waiting]).toEqual([0, 0, 0]));
  });

  it('R33 R44 a call that has waited goes on for whom it was asked, not for whoever made room', async () => {
    const policy = policiesWith({ BULKHEAD_MAX_CONCURRENT: '1' }).dependency('service').policy();
    const asker = new AsyncLocalStorage<string>();
    const ask = (name: string): Promise<unknown> =>
      asker.run(name, () => policy.execute(async (_signal, attempt) => [asker.getStore(), attempt], REPEATABLE));
    expect(await Promise.all(['a', 'b', 'c'].map(ask))).toEqual([
      ['a', 1],
      ['b', 1],
      ['c', 1],
    ]);
  });

  /** The middle p99 of five rounds: what else the machine does falls into one or two, a policy that is held up shows in all. */
  async function middleTimeOf(policy: OutboundPolicy): Promise<number> {
    const times: number[] = [];
    for (let round = 0; round < 5; round += 1) times.push(await timeOf(policy));
    return times.sort((a, b) => a - b)[2] ?? NaN;
  }

  /** p99 of calls that take a millisecond, in milliseconds. */
  async function timeOf(policy: OutboundPolicy): Promise<number> {
    const times: number[] = [];
    for (let call = 0; call < 200; call += 1) {
      const began = performance.now();
      await policy.execute(() => new Promise((resolve) => setTimeout(resolve, 1)), REPEATABLE);
      times.push(performance.now() - began);
    }
    return times.sort((a, b) => a - b)[197] ?? NaN;
  }
});

describe('settings', () => {
  it('R40 out of their range they stop the start, by name and range', () => {
    const faulty = {
      CIRCUIT_BREAKER_HALF_OPEN_PROBES: '4',
      CIRCUIT_BREAKER_SECRET_MANAGER_FAILURE_THRESHOLD: '0',
      CIRCUIT_BREAKER_OIDC_RECOVERY_TIMEOUT: 'soon',
      RETRY_WEBHOOK_MAX_ATTEMPTS: '11',
      BULKHEAD_REDIS_MAX_WAITING: '-1',
    };
    expect(() => policiesWith(faulty)).toThrow(
      [
        'CIRCUIT_BREAKER_HALF_OPEN_PROBES must be a whole number from 1 to 3',
        'BULKHEAD_REDIS_MAX_WAITING must be a whole number from 0 to 100000',
        'RETRY_WEBHOOK_MAX_ATTEMPTS must be a whole number from 1 to 10',
        'CIRCUIT_BREAKER_OIDC_RECOVERY_TIMEOUT must be a number of seconds from 0.1 to 3600',
        'CIRCUIT_BREAKER_SECRET_MANAGER_FAILURE_THRESHOLD must be a whole number from 1 to 1000',
      ].join('\n  - '),
    );
  });

  it('R40 R42 are five failures, 30 seconds, three probes and three attempts unless told otherwise; a kind has its own', () => {
    const usual = policiesWith().dependency('service').settings;
    expect(usual).toMatchObject({
      breaker: { failures: 5, recoveryMs: 30_000, probes: 3 },
      retry: { attempts: 3, baseMs: 1_000, maxMs: 30_000 },
    });
    const policies = policiesWith({ CIRCUIT_BREAKER_FAILURE_THRESHOLD: '7', CIRCUIT_BREAKER_REDIS_FAILURE_THRESHOLD: '9' });
    expect((['service', 'intel', 'oidc', 'redis'] as const).map((kind) => policies.dependency(kind).settings.breaker.failures)).toEqual([
      7, 7, 3, 9,
    ]);
  });
});
