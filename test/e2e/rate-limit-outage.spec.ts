import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { describeWith, RedisServer } from '../support/redis-server.js';
import { startApp, type RunningApp } from '../support/running-app.js';

const LIMITS = { ingest_eps: 12, ingest_burst: 20, alerts_per_min: 10 };
const CLIENTS = 8;
const RECOVERY_MS = 2_000;

interface Sent {
  readonly at: number;
  readonly ms: number;
  /** What the same client waited right after for a route that no limit holds for: how busy the machine was. */
  readonly unlimitedMs: number;
  readonly status: number;
}

/** Clients that send one event after the other as fast as they may. */
class Clients {
  readonly sent: Sent[] = [];
  private readonly running: Promise<unknown>;
  private isOver = false;

  constructor(baseUrl: string, apiKey: string) {
    const one = async (): Promise<void> => {
      while (!this.isOver) {
        const at = performance.now();
        const headers = { 'X-API-Key': apiKey, 'Content-Type': 'application/x-ndjson' };
        const answer = await fetch(`${baseUrl}/api/v1/events`, { method: 'POST', headers, body: '{"a":1}\n' });
        await answer.arrayBuffer();
        const answered = performance.now();
        await (await fetch(`${baseUrl}/health/live`)).arrayBuffer();
        this.sent.push({ at, ms: answered - at, unlimitedMs: performance.now() - answered, status: answer.status });
        await pause(2);
      }
    };
    this.running = Promise.all(Array.from({ length: CLIENTS }, one));
  }

  between(from: number, to: number): readonly Sent[] {
    return this.sent.filter(({ at }) => at >= from && at < to);
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.running;
  }

  /** However the test ends. */
  [Symbol.dispose](): void {
    this.isOver = true;
  }
}

function admitted(sent: readonly Sent[]): number {
  return sent.filter(({ status }) => status === 202).length;
}

/** What limited requests waited longer than others at the same time, both at the 99th percentile. */
function extraP99(sent: readonly Sent[]): number {
  const p99 = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0;
  return p99(sent.map(({ ms }) => ms)) - p99(sent.map(({ unlimitedMs }) => unlimitedMs));
}

describeWith(['redis-server'], 'limits while Redis is away', () => {
  let redis: RedisServer;
  let app: RunningApp;
  let operator: string;
  let key: string;
  beforeAll(async () => {
    redis = await RedisServer.start();
    app = await startApp({ env: { REDIS_URL: redis.url } });
    operator = `Bearer ${await app.token('platform')}`;
    const tenant = { tenant_id: 'bounded', name: 'Bounded', rate_limits: LIMITS };
    await app.http.post('/api/v1/tenants').set('Authorization', operator).send(tenant).expect(201);
    const body = { principal: 'collector@bounded', roles: ['collector'] };
    const answer = await app.http.post('/api/v1/tenants/bounded/api-keys').set('Authorization', operator).send(body).expect(201);
    key = String(answer.body.api_key);
  });
  afterAll(async () => {
    await app.close();
    await redis.stop();
  });

  const backend = async (): Promise<string> => {
    const { body } = await app.http.get('/admin/rate-limit/status').set('Authorization', operator).expect(200);
    return String(body.backend);
  };
  const untilBackend = async (wanted: string): Promise<number> => {
    const began = performance.now();
    while ((await backend()) !== wanted) {
      if (performance.now() - began > 10_000) throw new Error(`the limiter did not turn to ${wanted}`);
      await pause(20);
    }
    return performance.now() - began;
  };

  it('RL-08 redis-kill-restart R25 trap.P17-redis-restart-script-reload trap.P18-redis-down-bounded', async () => {
    await untilBackend('redis');
    await using replica = await RedisServer.start();
    await replica.follow(redis);
    using clients = new Clients(app.baseUrl, key);
    const bound = (from: number, to: number): number => LIMITS.ingest_burst + (LIMITS.ingest_eps * (to - from)) / 1_000;
    const begin = performance.now();
    await pause(1_500);
    const usual = extraP99(clients.between(begin, performance.now()));

    const killed = performance.now();
    await redis.kill();
    await pause(1_500);
    expect(await backend()).toBe('local');
    await redis.begin();
    const reconnected = await untilBackend('redis');
    const back = performance.now();
    await pause(500);
    const probe = new Redis(redis.url);
    expect(await probe.exists('gatra:rate:{bounded}:ingest:1000000')).toBe(1);

    const flushed = performance.now();
    await probe.flushall();
    await probe.script('FLUSH');
    await pause(1_000);
    await untilBackend('redis');

    const paused = performance.now();
    redis.pause();
    await pause(5_000);
    expect(await backend()).toBe('local');
    redis.resume();
    const resumed = await untilBackend('redis');

    const handed = performance.now();
    await redis.handOverTo(replica);
    await untilBackend('local');
    await pause(1_000);
    expect(await backend()).toBe('local');
    await replica.handOverTo(redis);
    const returned = await untilBackend('redis');
    const end = performance.now();
    await clients.stop();
    probe.disconnect();

    expect([...new Set(clients.sent.map(({ status }) => status))].toSorted((a, b) => a - b)).toEqual([202, 429]);
    expect(Math.max(reconnected, resumed, returned)).toBeLessThanOrEqual(RECOVERY_MS);
    for (const [from, to] of [
      [begin, killed],
      [killed, back],
      [flushed, paused],
      [paused, handed],
      [handed, end],
    ] as const) {
      const during = clients.between(from, to);
      expect(during.length).toBeGreaterThan(10);
      expect(admitted(during)).toBeGreaterThan(0);
      expect(admitted(during)).toBeLessThanOrEqual(1.2 * bound(from, to));
      expect(extraP99(during)).toBeLessThanOrEqual(usual + 100);
    }
    // the restart, the flush, the return after the pause and the failing back: each time Redis does not know what was admitted last
    expect(admitted(clients.sent)).toBeLessThanOrEqual(bound(begin, end) + 4 * LIMITS.ingest_burst);
  });

  it('cannot fill a bucket again that it cannot reach, says so, and writes that down', async () => {
    await untilBackend('redis');
    await redis.kill();
    const answer = await app.http.post('/admin/rate-limit/reset?tenant_id=bounded').set('Authorization', operator).expect(503);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    await redis.begin();
    await untilBackend('redis');
    await app.http.post('/admin/rate-limit/reset?tenant_id=bounded').set('Authorization', operator).expect(200);
  });
});
