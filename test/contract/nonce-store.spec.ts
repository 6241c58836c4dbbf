import type { Clock } from '../../src/platform/clock/clock.js';
import { SystemClock } from '../../src/platform/clock/system-clock.js';
import { RedisConnection } from '../../src/platform/redis/redis-connection.js';
import { redisDependency } from '../../src/platform/redis/redis-policy.js';
import { MemoryNonceStore } from '../../src/platform/service-auth/memory-nonce-store.js';
import { NonceRegister } from '../../src/platform/service-auth/nonce-register.js';
import { NonceUncertain, type NonceStore } from '../../src/platform/service-auth/nonce-store.js';
import { RedisNonceStore } from '../../src/platform/service-auth/redis-nonce-store.js';
import { MovableClock } from '../support/containment-rig.js';
import { describeWith, RedisServer } from '../support/redis-server.js';
import { eventually } from '../support/eventually.js';
import { policiesWith } from '../support/outbound-policies.js';
import { targetOf } from '../support/redis-forms.js';
import { behavesAsNonceStore, LIFETIME, nonceAt } from './nonce-store.contract.js';

describe('MemoryNonceStore', () => {
  const seconds = (clock: Clock): number => Math.floor(clock.now() / 1_000);
  behavesAsNonceStore(() => {
    const clock = new MovableClock();
    return { store: new MemoryNonceStore(clock), now: seconds(clock) };
  });

  it('forgets a nonce after its lifetime, and not before', async () => {
    const clock = new MovableClock();
    const store = new MemoryNonceStore(clock);
    const nonce = nonceAt(seconds(clock));
    await store.take(nonce, LIFETIME);
    clock.time += LIFETIME - 1;
    expect(await store.take(nonce, LIFETIME)).toBe('seen');
    clock.time += 1;
    expect(await store.take(nonce, LIFETIME)).toBe('fresh');
    expect(store.size).toBe(1);
  });

  it('refuses when it is full, and lets none of those it remembers in again', async () => {
    const clock = new MovableClock();
    const store = new MemoryNonceStore(clock, 100);
    const taken = Array.from({ length: 100 }, () => nonceAt(seconds(clock)));
    for (const nonce of taken) expect(await store.take(nonce, LIFETIME)).toBe('fresh');
    await expect(store.take(nonceAt(seconds(clock)), LIFETIME)).rejects.toThrow(NonceUncertain);
    for (const nonce of taken) expect(await store.take(nonce, LIFETIME)).toBe('seen');
    clock.time += LIFETIME;
    expect(await store.take(nonceAt(seconds(clock)), LIFETIME)).toBe('fresh');
  });
});

const policy = () => redisDependency(policiesWith()).policy('nonces');

describeWith(['redis-server'], 'RedisNonceStore', () => {
  let server: RedisServer;
  let connection: RedisConnection;
  let store: NonceStore;
  const clock = new SystemClock();
  /** A beginning is made in the next second, so this is after it. */
  const now = (): number => Math.floor(clock.now() / 1_000) + 1;

  beforeAll(async () => {
    server = await RedisServer.start();
    connection = new RedisConnection(targetOf(server.url));
    store = new RedisNonceStore(connection, policy());
    await eventually(() => expect(connection.isReady).toBe(true));
  });
  afterAll(async () => {
    connection.onApplicationShutdown();
    await server.stop();
  });
  const back = (): Promise<void> => eventually(() => expect(connection.isReady).toBe(true));

  it('keeps a nonce for its lifetime by the clock of Redis', async () => {
    const nonce = nonceAt(now());
    await store.take(nonce, LIFETIME);
    const left = await connection.client.pttl(`gatra:{nonces}:key-a:${nonce.nonce}`);
    expect(left).toBeGreaterThan(LIFETIME - 2_000);
    expect(left).toBeLessThanOrEqual(LIFETIME);
    await store.take(nonceAt(now(), { nonce: 'short' }), 30);
    await eventually(async () => expect(await connection.client.exists('gatra:{nonces}:key-a:short')).toBe(0));
  });

  it('two processes share what they took', async () => {
    const other = new RedisConnection(targetOf(server.url));
    const otherStore = new RedisNonceStore(other, policy());
    await eventually(() => expect(other.isReady).toBe(true));
    const nonce = nonceAt(now());
    const fates = await Promise.all(Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? store : otherStore).take(nonce, LIFETIME)));
    other.onApplicationShutdown();
    expect(fates.filter((fate) => fate === 'fresh')).toHaveLength(1);
  });

  it('does not take again what it took before Redis lost everything', async () => {
    for (const lose of [
      () => connection.client.flushall(),
      () =>
        server
          .kill()
          .then(() => server.begin())
          .then(back),
    ]) {
      await eventually(async () => expect(await store.take(nonceAt(Math.floor(clock.now() / 1_000)), LIFETIME)).toBe('fresh'));
      const nonce = nonceAt(Math.floor(clock.now() / 1_000));
      expect(await store.take(nonce, LIFETIME)).toBe('fresh');
      await lose();
      await expect(store.take(nonce, LIFETIME)).rejects.toThrow(NonceUncertain);
      await eventually(async () => expect(await store.take(nonceAt(Math.floor(clock.now() / 1_000)), LIFETIME)).toBe('fresh'));
      await expect(store.take(nonce, LIFETIME)).rejects.toThrow(NonceUncertain);
    }
  });

  it('says within its patience that it cannot tell, while Redis is away or silent', async () => {
    const begun = performance.now();
    server.pause();
    await expect(store.take(nonceAt(now()), LIFETIME)).rejects.toThrow(NonceUncertain);
    server.resume();
    await server.kill();
    await eventually(() => expect(connection.isReady).toBe(false));
    await expect(store.take(nonceAt(now()), LIFETIME)).rejects.toThrow(NonceUncertain);
    expect(performance.now() - begun).toBeLessThan(3_000);
    await server.begin();
    await back();
    await eventually(async () => expect(await store.take(nonceAt(now() + 1), LIFETIME)).toBe('fresh'));
  });

  it('while it is away, what changes something waits, and what only reads goes by memory', async () => {
    const register = new NonceRegister(new MemoryNonceStore(clock), store);
    await server.kill();
    await eventually(() => expect(connection.isReady).toBe(false));
    const nonce = nonceAt(now());
    await expect(register.take(nonce, LIFETIME, false)).rejects.toThrow(NonceUncertain);
    expect(await register.take(nonce, LIFETIME, true)).toBe('fresh');
    expect(await register.take(nonce, LIFETIME, true)).toBe('seen');
    await server.begin();
    await back();
  });
});
