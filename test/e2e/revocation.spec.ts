import { setTimeout as sleep } from 'node:timers/promises';
import { AppCluster } from '../support/app-cluster.js';
import { describeWith, RedisServer } from '../support/redis-server.js';

const TENANT = '/api/v1/tenants/acme-corp';

/** A cluster, and how its credentials are used and revoked. */
class Door {
  private constructor(
    readonly cluster: AppCluster,
    private readonly operator: string,
  ) {}

  static async of(cluster: AppCluster): Promise<Door> {
    return new Door(cluster, await cluster.app(0).token('platform'));
  }

  async call(instance: number, method: string, path: string, token = this.operator, body?: object): Promise<Response> {
    return fetch(this.cluster.app(instance).baseUrl + path, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...(body ? { 'Content-Type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  }

  async makeKey(principal: string): Promise<{ key_id: string; api_key: string }> {
    const answer = await this.call(0, 'POST', `${TENANT}/api-keys`, this.operator, { principal, roles: ['analyst'] });
    expect(answer.status).toBe(201);
    return (await answer.json()) as { key_id: string; api_key: string };
  }

  async exchange(instance: number, key: string): Promise<{ status: number; token: string }> {
    const answer = await fetch(`${this.cluster.app(instance).baseUrl}/api/v1/auth/token`, {
      method: 'POST',
      headers: { 'X-API-Key': key },
    });
    const { access_token: token = '' } = (await answer.json()) as { access_token?: string };
    return { status: answer.status, token };
  }

  /** What each instance answers to a token. */
  async uses(token: string): Promise<number[]> {
    return Promise.all(
      this.cluster.apps.map(async (_, instance) => (await this.call(instance, 'GET', '/api/v1/alerts?limit=1', token)).status),
    );
  }

  async exchanges(key: string): Promise<number[]> {
    return Promise.all(this.cluster.apps.map(async (_, instance) => (await this.exchange(instance, key)).status));
  }
}

/** How long it takes until all instances answer with a status; never more than `bound`. */
async function timeUntil(ask: () => Promise<number[]>, status: number, bound: number): Promise<number> {
  const began = performance.now();
  for (;;) {
    const answers = await ask();
    if (answers.every((answer) => answer === status)) return performance.now() - began;
    if (performance.now() - began > bound) throw new Error(`after ${bound} ms still ${answers.join()}`);
    await sleep(20);
  }
}

/** Revokes a token, a key and a person, each on another instance than the first; answers the longest time until all refuse. */
async function revokeAll(door: Door, bound: number): Promise<number> {
  const names = ['out', 'key', 'person'].map((what) => `${what}-${Math.trunc(performance.now())}@acme-corp`);
  const [outKey, key, personKey] = await Promise.all(names.map((name) => door.makeKey(name)));
  if (!outKey || !key || !personKey) throw new Error('no keys');
  const tokens = await Promise.all([outKey, key, personKey].map(async ({ api_key: text }) => (await door.exchange(1, text)).token));
  const second = (await door.exchange(2, outKey.api_key)).token;
  for (const token of [...tokens, second]) expect(await door.uses(token)).toEqual([200, 200, 200]);
  const [outToken = '', keyToken = '', personToken = ''] = tokens;

  expect((await door.call(2, 'POST', '/api/v1/auth/revoke', outToken)).status).toBe(204);
  const times = [await timeUntil(() => door.uses(outToken), 401, bound)];
  expect(await door.uses(second)).toEqual([200, 200, 200]);
  expect(await door.exchanges(outKey.api_key)).toEqual([200, 200, 200]);

  expect((await door.call(1, 'DELETE', `${TENANT}/api-keys/${key.key_id}`)).status).toBe(204);
  times.push(await timeUntil(async () => [...(await door.uses(keyToken)), ...(await door.exchanges(key.api_key))], 401, bound));

  const person = await door.call(2, 'POST', `${TENANT}/principals/${names[2]}/revoke`);
  expect([person.status, await person.json()]).toEqual([200, expect.objectContaining({ principal: names[2], keys_revoked: 1 })]);
  times.push(await timeUntil(async () => [...(await door.uses(personToken)), ...(await door.exchanges(personKey.api_key))], 401, bound));
  expect(await door.uses(second)).toEqual([200, 200, 200]);
  return Math.max(...times);
}

describe('revocation over three instances without Redis', () => {
  it('AUTH-05 a key, a token and a person revoked on one are refused by all within 5 seconds, and after a restart', async () => {
    const cluster = await AppCluster.start();
    try {
      const door = await Door.of(cluster);
      const key = await door.makeKey('restarted@acme-corp');
      const { token } = await door.exchange(0, key.api_key);
      const { token: other } = await door.exchange(0, key.api_key);
      expect((await door.call(0, 'POST', '/api/v1/auth/revoke', token)).status).toBe(204);
      const longest = await revokeAll(door, 5_000);
      process.stdout.write(`without Redis refused everywhere after ${Math.round(longest)} ms\n`);
      await cluster.kill(1);
      await cluster.restart(1);
      expect(await door.uses(token)).toEqual([401, 401, 401]);
      expect(await door.uses(other)).toEqual([200, 200, 200]);
    } finally {
      await cluster.stop();
    }
  });
});

describeWith(['redis-server'], 'revocation over three instances with Redis', () => {
  let redis: RedisServer;
  let cluster: AppCluster;
  let door: Door;
  beforeAll(async () => {
    redis = await RedisServer.start();
    cluster = await AppCluster.start({ env: { REDIS_URL: redis.url, REVOCATION_POLL_SECONDS: '8' } });
    door = await Door.of(cluster);
  });
  afterAll(async () => {
    redis.resume();
    await cluster.stop();
    await redis.stop();
  });

  it('AUTH-05 a key, a token and a person revoked on one are refused by all within 5 seconds', async () => {
    const longest = await revokeAll(door, 5_000);
    process.stdout.write(`with Redis refused everywhere after ${Math.round(longest)} ms\n`);
  });

  it('AUTH-05 with the signal dead they are refused within 30 seconds, and at once when it is back', async () => {
    await redis.kill();
    const dead = await revokeAll(door, 30_000);
    await redis.begin();
    await sleep(1_500);
    const back = await revokeAll(door, 5_000);
    process.stdout.write(`with Redis killed refused everywhere after ${Math.round(dead)} ms, started again after ${Math.round(back)} ms\n`);
  });

  it('AUTH-05 with a signal that is silent they are refused when the instances ask by themselves', async () => {
    redis.pause();
    const silent = await revokeAll(door, 30_000);
    redis.resume();
    process.stdout.write(`with Redis silent refused everywhere after ${Math.round(silent)} ms\n`);
  });

  it('AUTH-05 what is forged on the channel says nothing and breaks nothing', async () => {
    const { Redis } = await import('ioredis');
    const forger = new Redis(redis.url);
    const key = await door.makeKey('forged@acme-corp');
    const { token } = await door.exchange(0, key.api_key);
    for (const message of ['', '1', 'x'.repeat(100_000), '{"kind":"key","subject":"*"}', '\u0000'])
      await forger.publish('gatra:changed', message);
    forger.disconnect();
    expect(await door.uses(token)).toEqual([200, 200, 200]);
    await revokeAll(door, 5_000);
  });
});
