import { setTimeout as sleep } from 'node:timers/promises';
import { RedisChangeSignal } from '../../src/platform/changes/redis-change-signal.js';
import { SharedChanges } from '../../src/platform/changes/shared-changes.js';
import { LocalShare } from '../../src/platform/rate-limit/local-share.js';
import { RateLimits } from '../../src/platform/rate-limit/rate-limits.js';
import { scopeKey } from '../../src/platform/rate-limit/rate-limit-store.js';
import { perSecond } from '../../src/platform/rate-limit/rate-policy.js';
import { RedisRateLimitStore } from '../../src/platform/rate-limit/redis-rate-limit-store.js';
import { RedisCircuits } from '../../src/platform/redis/redis-circuits.js';
import { RedisConnection } from '../../src/platform/redis/redis-connection.js';
import { redisDependency } from '../../src/platform/redis/redis-policy.js';
import type { RedisTarget } from '../../src/platform/redis/redis-target.js';
import { NonceUncertain, type NonceFate, type NonceStore, type PresentedNonce } from '../../src/platform/service-auth/nonce-store.js';
import { RedisNonceStore } from '../../src/platform/service-auth/redis-nonce-store.js';
import { eventually } from '../support/eventually.js';
import { policiesWith } from '../support/outbound-policies.js';
import { RedisCluster } from '../support/redis-cluster.js';
import { targetOf } from '../support/redis-forms.js';
import { RedisSentinels } from '../support/redis-sentinels.js';
import { describeWith, untilRedis, type RedisServer } from '../support/redis-server.js';
import { LIFETIME, nonceAt } from './nonce-store.contract.js';

const RECOVERY_MS = 10_000;
const POLICY = perSecond('ingest', 1_000, 1_000);
/** Redis tells the wall clock's microseconds; instances by themselves are given those since they began, so that it shows who decides. */
const WALL_MICROS = 1e15;

/** What speaks to Redis, as it is put together in the app, under load. */
class Load {
  readonly redis: RedisConnection;
  readonly limits: RateLimits;
  readonly nonces: NonceStore;
  readonly changes: SharedChanges;
  readonly taken: PresentedNonce[] = [];
  readonly waited: number[] = [];
  reads = 0;
  private running = Promise.resolve();
  private isOver = false;

  constructor(target: RedisTarget) {
    const policies = policiesWith();
    this.redis = new RedisConnection(target);
    this.limits = new RateLimits(new RedisRateLimitStore(this.redis.client), {
      isReady: () => this.redis.isReady,
      share: new LocalShare(1, () => Math.floor(performance.now() * 1_000)),
      circuits: new RedisCircuits(this.redis, redisDependency(policies), 'rate limits'),
    });
    this.nonces = new RedisNonceStore(this.redis, redisDependency(policies).policy('nonces'));
    this.changes = new SharedChanges(new RedisChangeSignal(this.redis, 'gatra:changed'), 600_000);
    this.changes.register(async () => void (this.reads += 1));
    this.changes.onApplicationBootstrap();
  }

  /** Takes from limits and takes nonces until `stop`; nothing of that may throw but what is documented. */
  start(): void {
    this.running = (async () => {
      for (let turn = 0; !this.isOver; turn += 1) {
        const began = performance.now();
        await this.limits.take(`tenant-${turn % 20}`, [{ policy: POLICY, cost: 1 }]);
        this.waited.push(performance.now() - began);
        const nonce = nonceAt(Math.floor(Date.now() / 1_000));
        if ((await this.fateOf(nonce)) === 'fresh') this.taken.push(nonce);
        await sleep(5);
      }
    })();
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.running;
  }

  async fateOf(nonce: PresentedNonce): Promise<NonceFate | 'uncertain'> {
    try {
      return await this.nonces.take(nonce, LIFETIME);
    } catch (error) {
      if (error instanceof NonceUncertain) return 'uncertain';
      throw error;
    }
  }

  /** Who decides on a scope now. */
  async deciderOf(scope: string): Promise<'redis' | 'local'> {
    return (await this.limits.take(scope, [{ policy: POLICY, cost: 0 }])).at > WALL_MICROS ? 'redis' : 'local';
  }

  /** Limits are decided together, nonces are taken, and all that wants to know is told. */
  async serves(patienceMs: number): Promise<void> {
    await eventually(async () => {
      for (let tenant = 0; tenant < 20; tenant += 1) expect(await this.deciderOf(`tenant-${tenant}`)).toBe('redis');
      expect(this.limits.backend).toBe('redis');
      expect(await this.fateOf(nonceAt(Math.floor(Date.now() / 1_000)))).toBe('fresh');
    }, patienceMs);
  }

  async close(): Promise<void> {
    await this.stop();
    await this.changes.onApplicationShutdown();
    this.redis.onApplicationShutdown();
  }
}

/** Has all of it recover from a loss under load, and answers how long that took, milliseconds. */
async function recovers(load: Load, other: Load, lose: () => Promise<unknown>): Promise<number> {
  await load.serves(RECOVERY_MS);
  await eventually(() => expect(other.reads).toBeGreaterThan(0));
  load.start();
  await eventually(() => expect(load.taken.length).toBeGreaterThan(20));
  const began = performance.now();
  await lose();
  const before = [...load.taken];
  await load.serves(RECOVERY_MS);
  await eventually(async () => {
    const { reads } = other;
    await load.changes.announce();
    await sleep(50);
    expect(other.reads).toBeGreaterThan(reads);
  }, RECOVERY_MS);
  const took = performance.now() - began;
  await load.stop();
  for (const nonce of before) expect(await load.fateOf(nonce)).not.toBe('fresh');
  // A decision waits for 50 ms at most; the rest is what this machine is busy with.
  expect(load.waited.toSorted((a, b) => a - b)[Math.floor(load.waited.length * 0.99)]).toBeLessThan(250);
  return took;
}

describeWith(['redis-server'], 'R63 Redis behind Sentinels', () => {
  let sentinels: RedisSentinels;
  const loads: Load[] = [];
  beforeAll(async () => {
    sentinels = await RedisSentinels.start();
    const target = targetOf(sentinels.url, { sentinelPassword: RedisSentinels.password });
    loads.push(new Load(target), new Load(target));
  });
  afterAll(async () => {
    for (const load of loads) await load.close();
    await sentinels.stop();
  });

  it('after the master has begun to hang all is well within 10 seconds, and no nonce is taken twice though the new master lacks it', async () => {
    const [load, other] = loads as [Load, Load];
    await load.serves(RECOVERY_MS);
    const master = await sentinels.master();
    let lost = nonceAt(0);
    const took = await recovers(load, other, async () => {
      lost = nonceAt(Math.floor(Date.now() / 1_000));
      expect(await load.fateOf(lost)).toBe('fresh');
      sentinels.killSentinel(0);
      master.pause();
      const survivor = sentinels.servers.find((server) => server !== master)!;
      await survivor.ask((client) => untilRedis(async () => (await client.info('replication')).includes('role:master')));
      // What the master had answered and not yet passed on is lost with it.
      await survivor.ask((client) => client.del(`gatra:{nonces}:${lost.keyId}:${lost.nonce}`));
    });
    process.stdout.write(`R63 Sentinels: recovered ${Math.round(took)} ms after the master has begun to hang\n`);
    expect(await load.fateOf(lost)).toBe('uncertain');
  });
});

describeWith(['redis-server'], 'R63 Redis Cluster', () => {
  let cluster: RedisCluster;
  const loads: Load[] = [];
  beforeAll(async () => {
    cluster = await RedisCluster.start();
    loads.push(new Load(targetOf(cluster.url)), new Load(targetOf(cluster.url)));
  });
  afterAll(async () => {
    for (const load of loads) await load.close();
    await cluster.stop();
  });
  const nodeOf = (load: Load, key: string): RedisServer => {
    const node = cluster.nodes.find(({ port }) => load.redis.nodeOf(key).endsWith(`:${port}`));
    if (!node) throw new Error('nobody holds this key');
    return node;
  };

  it('scripts are sent again to a node that has lost them', async () => {
    const [load] = loads as [Load];
    await load.serves(RECOVERY_MS);
    for (const node of cluster.nodes) await node.ask((client) => client.script('FLUSH'));
    for (let tenant = 0; tenant < 20; tenant += 1) expect(await load.deciderOf(`tenant-${tenant}`)).toBe('redis');
  });

  it('a node without a replica takes its own scopes along and no others, and they come back with it', async () => {
    const [load] = loads as [Load];
    await load.serves(RECOVERY_MS);
    const holder = nodeOf(load, 'gatra:{nonces}:');
    const scopes = Array.from({ length: 20 }, (_, tenant) => `tenant-${tenant}`);
    const lost = nodeOf(load, scopeKey(scopes.find((scope) => nodeOf(load, scopeKey(scope)) !== holder) ?? ''));
    const isLost = new Map(scopes.map((scope) => [scope, nodeOf(load, scopeKey(scope)) === lost]));
    expect(new Set(isLost.values())).toEqual(new Set([true, false]));
    await lost.kill();
    await eventually(async () => {
      for (const [scope, isGone] of isLost) expect([scope, await load.deciderOf(scope)]).toEqual([scope, isGone ? 'local' : 'redis']);
    });
    expect(load.limits.backend).toBe('local');
    expect(await load.fateOf(nonceAt(Math.floor(Date.now() / 1_000)))).toBe('fresh');
    await lost.begin();
    await load.serves(RECOVERY_MS);
  });

  it('after the death of a node its replica stands in within 10 seconds, and no nonce is taken twice', async () => {
    const [load, other] = loads as [Load, Load];
    await load.serves(RECOVERY_MS);
    const took = await recovers(load, other, () => nodeOf(load, 'gatra:{nonces}:').kill());
    process.stdout.write(`R63 Cluster: recovered ${Math.round(took)} ms after the death of a node\n`);
  });
});
