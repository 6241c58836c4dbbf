import { policiesWith } from '../../../test/support/outbound-policies.js';
import { Problem } from '../problems/problem.js';
import { FAILURE } from '../resilience/verdict.js';
import { LocalShare, shareOf } from './local-share.js';
import { MemoryRateLimitStore } from './memory-rate-limit-store.js';
import { RateLimitStore, RateLimitUnavailable, type RateVerdict } from './rate-limit-store.js';
import { RateLimits } from './rate-limits.js';
import { perSecond, SECOND_MICROS, type RateCharge } from './rate-policy.js';

const INGEST = perSecond('ingest', 10, 100);

/** A store shared by all instances, which can be lost, be slow, or fail. */
class SharedStore extends RateLimitStore {
  asked = 0;
  trouble: 'none' | 'silent' | 'failing' = 'none';
  private readonly memory = new MemoryRateLimitStore(() => 0);

  async take(scope: string, charges: readonly RateCharge[]): Promise<RateVerdict> {
    this.asked += 1;
    if (this.trouble === 'silent') return new Promise(() => undefined);
    if (this.trouble === 'failing') throw new RateLimitUnavailable('no');
    return this.memory.take(scope, charges);
  }

  async reset(): Promise<void> {
    if (this.trouble !== 'none') throw new RateLimitUnavailable('no');
  }
}

function limitsOf(store: SharedStore, instances: number) {
  const state = { isReady: true, now: 0, breaker: [] as unknown[] };
  const policies = policiesWith();
  policies.onTransition(({ to }) => void state.breaker.push(to));
  const share = new LocalShare(instances, () => state.now);
  const policy = policies.dependency('redis', 'redis', () => FAILURE).policy();
  const circuits = { of: () => policy, get areClosed() { return policy.breaker.kind === 'closed'; } }; // prettier-ignore
  const shared = { isReady: () => state.isReady, share, circuits };
  return { state, limits: new RateLimits(store, shared) };
}

const one = (cost: number): RateCharge[] => [{ policy: INGEST, cost }];

async function admittedUntilRefused(limits: RateLimits, scope: string): Promise<number> {
  for (let admitted = 0; ; admitted += 1) if ((await limits.take(scope, one(1))).outcome !== 'admitted') return admitted;
}

describe('rate limits when the shared store is lost', () => {
  it('trap.P18-redis-down-bounded: an instance keeps to its share of what was left and of the rate', async () => {
    const { state, limits } = limitsOf(new SharedStore(), 4);
    await limits.take('acme-corp', one(20));
    expect(limits.backend).toBe('redis');
    state.isReady = false;
    expect(limits.backend).toBe('local');
    expect(await admittedUntilRefused(limits, 'acme-corp')).toBe(20);
    expect(await admittedUntilRefused(limits, 'never-heard-of')).toBe(25);
    state.now = 2 * SECOND_MICROS;
    expect(await admittedUntilRefused(limits, 'acme-corp')).toBe(5);
  });

  it('what fits the limit still fits after the pause that is named, and what does not still never does', async () => {
    const { state, limits } = limitsOf(new SharedStore(), 4);
    state.isReady = false;
    const refused = await limits.take('acme-corp', one(100));
    expect(refused.outcome).toBe('limited');
    expect(refused.decisions[0]?.retryAfterMicros).toBe(30 * SECOND_MICROS);
    expect((await limits.take('acme-corp', one(101))).outcome).toBe('too_costly');
    state.now = 30 * SECOND_MICROS;
    expect((await limits.take('acme-corp', one(100))).outcome).toBe('admitted');
  });

  it('waits 50 ms for an answer, three times, and then does not ask until it is time to try again', async () => {
    const store = new SharedStore();
    const { state, limits } = limitsOf(store, 1);
    store.trouble = 'silent';
    for (let turn = 0; turn < 3; turn += 1) {
      const began = performance.now();
      expect((await limits.take('acme-corp', one(1))).outcome).toBe('admitted');
      expect(performance.now() - began).toBeGreaterThanOrEqual(45);
    }
    expect(limits.backend).toBe('local');
    const asked = store.asked;
    for (let turn = 0; turn < 50; turn += 1) await limits.take('acme-corp', one(1));
    expect(store.asked).toBe(asked);
    store.trouble = 'none';
    const deadline = performance.now() + 2_000;
    while (limits.backend === 'local' && performance.now() < deadline) {
      await limits.take('acme-corp', one(0));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(limits.backend).toBe('redis');
    expect(state.breaker.length).toBeGreaterThanOrEqual(2);
  });

  it('comes back although the wall clock was set back an hour meanwhile', async () => {
    const store = new SharedStore();
    const { limits } = limitsOf(store, 1);
    store.trouble = 'failing';
    for (let turn = 0; turn < 3; turn += 1) await limits.take('acme-corp', one(1));
    store.trouble = 'none';
    const { now } = Date;
    const wall = jest.spyOn(Date, 'now').mockImplementation(() => now() - 3_600_000);
    try {
      const deadline = performance.now() + 2_000;
      while (limits.backend === 'local' && performance.now() < deadline) {
        await limits.take('acme-corp', one(0));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      expect(limits.backend).toBe('redis');
    } finally {
      wall.mockRestore();
    }
  });

  it('answers 503 with Retry-After where shared buckets cannot be filled again', async () => {
    const store = new SharedStore();
    const { state, limits } = limitsOf(store, 1);
    await limits.reset('acme-corp', [INGEST]);
    for (const lose of [() => (store.trouble = 'failing'), () => (state.isReady = false)]) {
      lose();
      const refused: unknown = await limits.reset('acme-corp', [INGEST]).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(Problem);
      expect(refused).toMatchObject({ type: 'unavailable', status: 503, extra: { headers: { 'Retry-After': '2' } } });
    }
  });

  it('shares a rate exactly where it can and rounds it down where it cannot', () => {
    expect(shareOf(INGEST, 3)).toEqual({ ...INGEST, periodMicros: 3 * SECOND_MICROS });
    const large = perSecond('ingest', 10_000_000, 100_000_000);
    expect(shareOf(large, 1_000)).toEqual({ ...large, count: 10_000 });
  });
});

describe('buckets in memory', () => {
  it('are dropped when they have drained, a few with every new one, and never while they limit somebody', async () => {
    let now = 0;
    const store = new MemoryRateLimitStore(() => now);
    const slow = perSecond('slow', 1, 1_000_000);
    for (let i = 0; i < 100; i += 1) await store.take(`slow-${i}`, [{ policy: slow, cost: 1_000_000 }]);
    for (let i = 0; i < 50_000; i += 1) {
      now += 10_000;
      await store.take(`fast-${i}`, [{ policy: INGEST, cost: 1 }]);
    }
    expect(store.size).toBeLessThan(2_000);
    for (let i = 0; i < 100; i += 1) expect((await store.take(`slow-${i}`, [{ policy: slow, cost: 1_000_000 }])).outcome).toBe('limited');
  });
});
